"""Self-made documents for speed measurements: English words at natural frequencies and lengths, meaning nothing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

# Everyday words, commonest first: by Zipf's law the n-th is drawn in proportion to 1 / n.
_WORDS = """the of and to in is that for it was on are as with his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these
would other into has more her two like him see time could no make than first been its who now people my made over did
down only way find use may water long little very after words called just where most know get through back much before
go good new write our used me man too any day same right look think also around another came come work three word must
because does part even place well such here take why things help put years different away again off went old number
great tell men say small every found still between name should home big give air line set own under read last never us
left end along while might next sound below saw something thought both few those always looked show large often
together asked house world going want school important until form food keep children feet land side without boy once
animals life enough took sometimes four head above kind began almost live page got earth need far hand high year mother
light parts country father let night following picture being study second eyes soon times story boys since white days
ever paper hard near sentence better best across during today others however sure means knew try told young miles sun
ways thing whole hear example heard several change answer room sea against top turned learn point city play toward five
using himself usually money seen car morning report contract engine market pressure temperature signal policy patient
insurance committee analysis temperature laboratory maintenance regulation procedure employee agreement calculation
equipment requirement schedule inspection certificate invoice warranty department management
financial quarterly"""
_TOPICS = (
    "Invoice",
    "Safety",
    "Heating",
    "Contract",
    "Training",
    "Payroll",
    "Network",
    "Storage",
    "Travel",
    "Insurance",
)


@dataclass(frozen=True)
class Lengths:
    """Words of a sentence and of a paragraph, paragraphs of a section, sections of a document: (fewest, most)."""

    sentence: tuple[int, int] = (4, 28)
    paragraph: tuple[int, int] = (15, 160)
    section: tuple[int, int] = (1, 6)
    document: tuple[int, int] = (1, 20)


class Writer:
    """Writes text; the same seed writes the same."""

    def __init__(self, seed: int, lengths: Lengths | None = None) -> None:
        self._random = random.Random(seed)
        self._lengths = lengths or Lengths()
        self._words = _WORDS.split()
        self._weights = [1 / rank for rank in range(1, len(self._words) + 1)]

    def words(self, count: int) -> list[str]:
        """So many words; one in twelve is a number or a code that occurs nowhere else."""
        drawn = self._random.choices(self._words, self._weights, k=count)
        return [self._rare() if self._random.random() < 1 / 12 else word for word in drawn]

    def sentence(self) -> str:
        return " ".join(self.words(self._random.randint(*self._lengths.sentence))).capitalize() + "."

    def paragraph(self) -> str:
        """Sentences until a length drawn from the range is reached, short ones being commoner than long."""
        low, high = self._lengths.paragraph
        wanted = low + (high - low) * self._random.random() ** 2
        sentences = [self.sentence()]
        while sum(len(sentence.split()) for sentence in sentences) < wanted:
            sentences.append(self.sentence())
        return " ".join(sentences)

    def document(self) -> str:
        """A Markdown document of headed sections."""
        parts = [f"# {self._random.choice(_TOPICS)} {self._rare()}"]
        for number in range(self._random.randint(*self._lengths.document)):
            parts.append(f"## {number + 1}. {self._random.choice(_TOPICS)} {' '.join(self.words(2))}")
            parts += [self.paragraph() for _ in range(self._random.randint(*self._lengths.section))]
        return "\n\n".join(parts) + "\n"

    def documents(self, count: int) -> Iterator[tuple[str, str]]:
        """File names with their contents."""
        for number in range(count):
            yield f"document-{number:05}.md", self.document()

    def _rare(self) -> str:
        kind = self._random.random()
        number = self._random.randrange(10, 100_000)
        return f"{number:,}" if kind < 0.5 else f"{self._random.choice('ABCDEFGH')}{number}"
