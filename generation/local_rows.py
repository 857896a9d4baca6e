"""Keys and values of sequences that are written together. Knows shapes, not models."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_GRAIN = 64  # rows are as long as the longest needs, rounded up to this many tokens


class RowCache:
    """A cache for one-token steps over sequences of different lengths: a row each, padded on the right.

    Buffers are (rows, heads, tokens, head size) per layer and written in place, because a cache that grows by
    concatenation copies itself for every token. Stands in for transformers' Cache where attention masks are given.
    """

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self._buffers: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._rows: torch.Tensor | None = None
        self._ends: torch.Tensor | None = None

    def join(self, layers: list[tuple["torch.Tensor", "torch.Tensor"]], room: int) -> None:
        """Append a row of keys and values (1, heads, tokens, head size), one pair a layer, that may grow to `room`."""
        row, length = len(self.lengths), layers[0][0].shape[2]
        self._reserve(row + 1, room, layers)
        for (keys, values), (new_keys, new_values) in zip(self._buffers, layers, strict=True):
            keys[row, :, :length] = new_keys[0]
            values[row, :, :length] = new_values[0]
        self.lengths.append(length)

    def leave(self, row: int) -> None:
        """Drop `row`; the last row takes its place."""
        last = len(self.lengths) - 1
        if row != last:
            length = self.lengths[last]
            for buffers in self._buffers:
                for buffer in buffers:
                    buffer[row, :, :length] = buffer[last, :, :length]
            self.lengths[row] = self.lengths[last]
        self.lengths.pop()
        if not self.lengths:
            self._buffers = []

    def begin(self, like: "torch.Tensor") -> tuple["torch.Tensor", "torch.Tensor"]:
        """Open a step that adds one token to every row.

        Return its positions (rows, 1) and additive mask (rows, 1, 1, longest), in the dtype and place of `like`.
        """
        import torch

        self._ends = torch.tensor(self.lengths, device=like.device)
        self._rows = torch.arange(len(self.lengths), device=like.device)
        self.lengths = [length + 1 for length in self.lengths]
        beyond = torch.arange(max(self.lengths), device=like.device) > self._ends[:, None]
        mask = torch.zeros(beyond.shape, dtype=like.dtype, device=like.device).masked_fill_(beyond, float("-inf"))
        return self._ends[:, None], mask[:, None, None, :]

    def update(
        self, key_states: "torch.Tensor", value_states: "torch.Tensor", layer_idx: int, *_: Any, **__: Any
    ) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Write the step's keys and values (rows, heads, 1, head size) and return all there are, padding included."""
        rows, longest = len(self.lengths), max(self.lengths)
        keys, values = self._buffers[layer_idx]
        keys[self._rows, :, self._ends] = key_states[:, :, 0]
        values[self._rows, :, self._ends] = value_states[:, :, 0]
        return keys[:rows, :, :longest], values[:rows, :, :longest]

    def get_seq_length(self, layer_idx: int = 0) -> int:  # noqa: ARG002 - transformers' signature
        """Tokens of the longest row, the open step's not counted."""
        return max(self.lengths, default=1) - 1

    def _reserve(self, rows: int, tokens: int, layers: list[tuple["torch.Tensor", "torch.Tensor"]]) -> None:
        held = self._buffers[0][0] if self._buffers else None
        have_rows, have_tokens = (held.shape[0], held.shape[2]) if held is not None else (0, 0)
        if rows <= have_rows and tokens <= have_tokens:
            return
        rows = have_rows if rows <= have_rows else max(rows, 2 * have_rows)
        tokens = max(have_tokens, -(-tokens // _GRAIN) * _GRAIN)
        grown = [
            tuple(self._grow(layers[at][side], at, side, (rows, tokens)) for side in (0, 1))
            for at in range(len(layers))
        ]
        self._buffers = [(keys, values) for keys, values in grown]

    def _grow(self, like: "torch.Tensor", layer: int, side: int, size: tuple[int, int]) -> "torch.Tensor":
        # Zeros and not empty: a NaN left in the padding would survive a softmax weight of zero.
        grown = like.new_zeros((size[0], like.shape[1], size[1], like.shape[3]))
        if self._buffers:
            held = self._buffers[layer][side]
            used = max(self.lengths)
            grown[: len(self.lengths), :, :used] = held[: len(self.lengths), :, :used]
        return grown
