"""Word lists of English and German: what a word does in a sentence, and which words say the same; knows no texts."""


def listed(table: str) -> frozenset[str]:
    """The words of a table that is written with blanks between them."""
    return frozenset(table.split())


def pairs(table: str) -> dict[str, str]:
    """The entries "left=right" of a table that is written with semicolons between them."""
    found = (pair.split("=") for pair in table.replace("\n", " ").split(";"))
    return {left.strip(): right.strip() for left, right in found}


# Words without a claim of their own; on those of the second list a claim may hang.
STOP_WORDS = listed("""
a an the and of in on at to as is are am be been being has have having do does did doing done it its this that
these those there here which who whom whose what such so also too then than very just well own same some any
such i we you they he she my our your their his her him them us me by for from with into was were had will would
can could or if but not
""")
STOP_WORDS_GERMAN = listed("""
der die das den dem des ein eine einen einem einer eines und in im an am auf zu zum zur ist sind sein bin bist
als wie es sich dies diese dieser dieses diesen diesem welche welcher welches was hier da dort auch dann so sehr
nur haben hat habe wird werden worden wurde war waren von vom mit bei für aus nach über unter vor ich wir ihr
sie er man uns mein unser dein nicht kein keine oder aber wenn dass
""")

# What a claim does not need: articles, copulas, pronouns that point back, the connectives and hedges of style.
NO_CLAIM = listed("""
a an the and of in on at to as is are am be been being has have having do does doing it its this that these
those there here they them their which who whom whose such so also too then 's however moreover furthermore
additionally besides thus therefore hence consequently nevertheless nonetheless meanwhile though although while
whereas yet but still indeed overall ultimately firstly secondly thirdly lastly finally next accordingly namely
perhaps maybe possibly probably presumably apparently arguably likely may might could can would seem seems
seemingly appear appears generally typically usually somewhat rather very really quite extremely highly truly
simply just basically actually literally certainly definitely absolutely essentially clearly obviously naturally
please well
""")
NO_CLAIM_GERMAN = listed("""
der die das den dem des ein eine einen einem einer eines und in im an am auf zu zum zur ist sind sein als wie es
sich dies diese dieser dieses diesen diesem welche welcher welches hier da dort auch dann so haben hat habe sie
jedoch allerdings außerdem zudem ferner darüber hinaus daher deshalb somit folglich dennoch trotzdem schließlich
zunächst obwohl während aber vielleicht möglicherweise wahrscheinlich vermutlich wohl scheinbar anscheinend
grundsätzlich sehr wirklich ziemlich äußerst einfach eigentlich sicherlich natürlich durchaus eben halt bitte
""")

# How sure somebody is, in words that can go without a change of grammar; and what only joins a sentence to the last.
HEDGES = listed("""
perhaps maybe possibly probably presumably apparently arguably seemingly vielleicht möglicherweise vermutlich
""") | {"it seems that", "it appears that", "i think that", "i think", "i believe that", "i believe", "in my opinion"}
CONNECTIVES = listed("""
however moreover furthermore additionally besides thus therefore hence consequently nevertheless nonetheless meanwhile
overall ultimately firstly secondly thirdly lastly finally accordingly allerdings außerdem zudem ferner folglich
""") | {"in addition", "as a result", "on the other hand", "in conclusion", "in fact", "after all", "first of all"}

# Who is spoken of when nobody in particular is: "one can", "we can", "you can".
PERSONS = listed("""
i we you one us me my our your ours yours one's ourselves yourself myself
""")
PERSONS_GERMAN = listed("""
ich wir du ihr uns mich mir man mein meine unser unsere dein deine euch dich dir
""")

# The opposite of what they stand beside.
NEGATIONS = listed("""
not no never none nobody nothing neither nor without cannot nicht kein keine keinen keiner keinem nie niemals
ohne
""")

# What a claim is limited by: without them it says more than it did.
LIMITS = NEGATIONS | listed("""
only unless if except some most few many several all every each over under above below before after until since
least most more less or besides nur außer falls wenn einige manche wenige alle jeder jede über unter vor nach bis
seit mindestens höchstens oder
""")

_CONTRACTIONS = """
it's=it is; that's=that is; there's=there is; here's=here is; what's=what is; who's=who is; where's=where is;
how's=how is; he's=he is; she's=she is; let's=let us; i'm=i am; you're=you are; we're=we are; they're=they are;
i've=i have; you've=you have; we've=we have; they've=they have; i'll=i will; you'll=you will; we'll=we will;
they'll=they will; it'll=it will; he'll=he will; she'll=she will; that'll=that will; isn't=is not; aren't=are not;
wasn't=was not; weren't=were not; hasn't=has not; haven't=have not; hadn't=had not; doesn't=does not; don't=do not;
didn't=did not; won't=will not; wouldn't=would not; can't=cannot; couldn't=could not; shouldn't=should not;
mustn't=must not; needn't=need not; mightn't=might not
"""
_PLAIN = """
utilize=use; utilizes=uses; utilized=used; utilizing=using; utilise=use; utilises=uses; utilised=used;
utilising=using; commence=begin; commences=begins; commenced=began; commencing=beginning; purchase=buy;
purchases=buys; purchased=bought; purchasing=buying; assist=help; assists=helps; assisted=helped; assisting=helping;
assistance=help; require=need; requires=needs; required=needed; requiring=needing; obtain=get; obtains=gets;
obtained=got; obtaining=getting; demonstrate=show; demonstrates=shows; demonstrated=showed; demonstrating=showing;
attempt=try; attempts=tries; attempted=tried; attempting=trying; terminate=end; terminates=ends; terminated=ended;
terminating=ending; inquire=ask; inquires=asks; inquired=asked; inquiring=asking; endeavour=try; endeavor=try;
facilitate=ease; facilitates=eases; facilitated=eased; ascertain=find out; ascertains=finds out;
ascertained=found out; possess=own; possesses=owns; possessed=owned; reside=live; resides=lives; resided=lived;
residing=living; receive=get; receives=gets; permit=let; permits=lets; sufficient=enough; additional=more;
numerous=many; prior to=before; subsequent to=after; subsequently=later; approximately=about; regarding=about;
concerning=about; in order to=to; due to the fact that=because; in the event that=if; at this point in time=now;
with regard to=about; in addition=also; a large number of=many; a majority of=most; in spite of=despite;
for the purpose of=for; is able to=can; are able to=can; has the ability to=can; in close proximity to=near;
as a result of=because of; whether or not=whether; until such time as=until; children=kids; automobile=car;
physician=doctor; individuals=people; remainder=rest; initial=first; principal=main; optimal=best; substantial=large;
erroneous=wrong; cease=stop; ceases=stops; ceased=stopped; ceasing=stopping; inform=tell; informs=tells;
informed=told; select=choose; selects=chooses; selected=chose; construct=build; constructs=builds; constructed=built;
constructing=building; retain=keep; retains=keeps; retained=kept; provide=give; provides=gives; provided=gave;
enquire=ask; desire=want; desires=wants; desired=wanted; discontinue=stop; anticipate=expect; anticipates=expects;
anticipated=expected; expedite=speed up; modify=change; modifies=changes; modified=changed; modification=change;
modifications=changes; locate=find; locates=finds; located=found
"""
# Safe to write both ways; the other pairs above are only known to say the same.
_AMBIGUOUS = listed("""
required permit permits provided selected located receive possessed obtained additional attempts initial
principal purchase purchases desired informed individuals concerning select construct desire attempt optimal
substantial retain cease ceases
""")
# Safe as well, the other way.
_FORMAL = """
buy=purchase; buys=purchases; bought=purchased; buying=purchasing; begin=commence; begins=commences; began=commenced;
enough=sufficient; kids=children; kid=child; find out=ascertain; finds out=ascertains; found out=ascertained;
a lot of=many; lots of=many; loads of=many; big=large; bigger=larger; biggest=largest; ok=acceptable; okay=acceptable;
gonna=going to; wanna=want to; gotta=have to; yeah=yes; nope=no; cops=police; guys=people; boss=supervisor;
super=very; pretty much=largely; sort of=somewhat; kind of=somewhat; deal with=address; deals with=addresses;
look into=investigate; looks into=investigates; set up=establish; sets up=establishes; go up=increase;
goes up=increases;
go down=decrease; goes down=decreases; get rid of=remove; gets rid of=removes; right away=immediately;
fix=repair
"""
_BRITISH = """
color=colour; colors=colours; colored=coloured; favor=favour; favors=favours; favorite=favourite; behavior=behaviour;
behaviors=behaviours; honor=honour; honors=honours; labor=labour; neighbor=neighbour; neighbors=neighbours;
neighborhood=neighbourhood; harbor=harbour; harbors=harbours; humor=humour; rumor=rumour; flavor=flavour;
flavors=flavours; center=centre; centers=centres; theater=theatre; theaters=theatres; liter=litre; liters=litres;
fiber=fibre; fibers=fibres; organize=organise; organizes=organises; organized=organised; organizing=organising;
organization=organisation; organizations=organisations; realize=realise; realizes=realises; realized=realised;
recognize=recognise; recognizes=recognises; recognized=recognised; analyze=analyse; analyzes=analyses;
analyzed=analysed; analyzing=analysing; summarize=summarise; summarizes=summarises; summarized=summarised;
apologize=apologise; emphasize=emphasise; emphasizes=emphasises; emphasized=emphasised; minimize=minimise;
maximize=maximise; optimize=optimise; specialize=specialise; defense=defence; offense=offence; traveled=travelled;
traveling=travelling; traveler=traveller; canceled=cancelled; canceling=cancelling; modeling=modelling;
modeled=modelled; labeled=labelled; catalog=catalogue; dialog=dialogue; gray=grey; aging=ageing; jewelry=jewellery;
mom=mum; plow=plough; skeptical=sceptical; fulfill=fulfil; aluminum=aluminium; pediatric=paediatric; anemia=anaemia;
estrogen=oestrogen; maneuver=manoeuvre; mold=mould
"""
_ALIKE = """
a few=several; a little=some; prozent=%; per cent=%;
&=and; percent=%; e.g.=for example; i.e.=that is; for instance=for example; approx.=about; roughly=about;
circa=about; big=large; huge=enormous; start=begin; starts=begins; started=began; starting=beginning; finish=end;
finishes=ends; finished=ended; quick=fast; quickly=fast; rapidly=fast; rapid=fast; important=significant;
crucial=significant; vital=significant; whole=entire; mainly=primarily; mostly=primarily; largely=primarily;
because=since; as well as=and; in addition to=and; along with=and; plus=and; bigger=larger; biggest=largest;
film=movie; films=movies; phone=telephone; photo=photograph; photos=photographs; ad=advertisement; exam=examination;
have to=must; has to=must; need to=must; needs to=must; is required to=must;
are required to=must;
information=info; repair=fix; repairs=fixes; repaired=fixed; select=choose; near=close to; whole=entire; buy=get;
employ=use; employs=uses; employed=used; etwa=ungefähr; circa=ungefähr; ca.=ungefähr; benötigt=braucht;
benötigen=brauchen; erhalten=bekommen; erhält=bekommt; z.b.=zum beispiel; beispielsweise=zum beispiel; d.h.=das heißt;
verwenden=benutzen; verwendet=benutzt; beginnt=fängt an
"""
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven "
    "twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)


CONTRACTIONS = pairs(_CONTRACTIONS)
PLAIN = pairs(_PLAIN)
PLAIN_SAFE = {formal: plain for formal, plain in PLAIN.items() if formal not in _AMBIGUOUS}
FORMAL = pairs(_FORMAL)
BRITISH = pairs(_BRITISH)
ALIKE = {**pairs(_ALIKE), **{british: american for american, british in BRITISH.items()}}
# "one" is a person as often as a number, so it stays a word
NUMBERS = {word: str(number) for number, word in enumerate(_NUMBERS.split()) if word != "one"}
NUMBERS |= {
    word: str(number)
    for number, word in enumerate(["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"], 2)
}


_ONLY_GERMAN = (STOP_WORDS_GERMAN | NO_CLAIM_GERMAN) - {
    "in",
    "an",
    "am",
    "die",
    "war",
    "so",
    "was",
    "wird",
    "hat",
    "man",
    "er",
}
_ONLY_ENGLISH = (STOP_WORDS | NO_CLAIM) - listed("in an am so was")


def is_german(text: str) -> bool:
    """By the words that only one of the two has; English where they say nothing."""
    words = text.lower().split()
    german = sum(word in _ONLY_GERMAN for word in words)
    return german > sum(word in _ONLY_ENGLISH for word in words)


# Verbs by their past.
IRREGULAR = pairs("""
go=went; goes=went; take=took; give=gave; come=came; make=made; know=knew; see=saw; find=found; get=got;
begin=began; write=wrote; fall=fell; rise=rose; sink=sank; lie=lay; win=won; lose=lost; grow=grew; hold=held;
keep=kept; leave=left; lead=led; meet=met; run=ran; send=sent; show=showed; speak=spoke; stand=stood; tell=told;
think=thought; bring=brought; build=built; buy=bought; become=became; feel=felt; mean=meant; pay=paid; say=said;
sell=sold; sit=sat; spend=spent; teach=taught; understand=understood; wear=wore; break=broke; choose=chose;
draw=drew; drive=drove; eat=ate; fly=flew; hear=heard; throw=threw; will=would
""")


_PASTS = frozenset(IRREGULAR.values()) | listed("was were had did")


def is_past(word: str) -> bool:
    """Whether a word looks like a past tense."""
    return word in _PASTS or (len(word) > 4 and word.endswith("ed"))


def pasts(present: str) -> frozenset[str]:
    """What may be the past of a verb form: went of goes, carried of carry; most of them are no words."""
    verbs = {present, present.removesuffix("s"), present.removesuffix("es"), present.removesuffix("ies") + "y"}
    regular = {verb.removesuffix(end) + past for verb in verbs for end, past in (("", "ed"), ("e", "ed"), ("y", "ied"))}
    return frozenset(regular | {IRREGULAR[verb] for verb in verbs if verb in IRREGULAR})


def is_past_of(past: str, present: str) -> bool:
    """Whether one verb form is the past of the other."""
    return past in pasts(present)
