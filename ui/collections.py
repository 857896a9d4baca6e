"""Collections on the page Documents: what is in them, who may read it, and what one may do oneself. Renders; asks
nothing of the server."""

from collections.abc import Sequence

from app.schemas import DocumentPublic
from app.schemas_groups import CollectionPublic, GroupPublic, Permission, SharePublic, Standing
from ui.language import tr, trn
from ui.markup import esc
from ui.places import document_url
from ui.ways_out import render_way_out

_MAY_WRITE = frozenset({"write", "manage", "own"})
_MAY_MANAGE = frozenset({"manage", "own"})


def render_collections(collections: Sequence[CollectionPublic]) -> str:
    """All that may be read, and the form for another."""
    who = tr(
        "Whoever a collection is shared with can ask and read everything in it, from their next question on. What is "
        "taken out, or taken back, is in none of their answers after that; answers given before stay, without its "
        "passages. Your conversations and what Attune learned of you are never shared."
    )
    cards = "".join(_card(one) for one in collections)
    none = f'<div class="empty"><p>{tr("No collection yet.")}</p></div>'
    listed = f'<ul class="cards">{cards}</ul>' if cards else none
    return f"""<p class="muted">{who}</p>{listed}
<form class="state" id="new-collection" data-method="POST" data-path="/api/v1/collections">
<label for="collection-name">{tr("A new collection")}</label><div class="row"><input id="collection-name" name="name"
 maxlength="200" required autocomplete="off" placeholder="{tr("Handbooks")}">
<button type="submit" class="primary">{tr("Make it")}</button></div>
<p class="problem" role="alert" hidden></p></form>"""


def _card(one: CollectionPublic) -> str:
    identity, name = esc(one.id), esc(one.name)
    whose = tr("yours") if one.permission == "own" else tr("shared by {owner}", owner=esc(one.owner))
    size = trn("{count} document", "{count} documents", one.documents)
    load = f"/shown/collection/{identity}"
    return f"""<li class="card" id="c-{identity}"><h3>{name}</h3><p class="chips"><span>{whose}</span>
<span>{size}</span></p><p class="muted">{_may(one.permission)}</p>
<details id="in-{identity}" data-load="{load}"><summary>{_inside_of(one)}</summary><div data-loaded></div></details>
{_ways_out(one)}</li>"""


def _inside_of(one: CollectionPublic) -> str:
    return tr("What is in it, and who may read it") if one.permission in _MAY_MANAGE else tr("What is in it")


def _may(permission: Standing) -> str:
    said: dict[Standing, str] = {
        "own": tr("It is yours. Until you share it, only you read it."),
        "read": tr("You may read it and ask within it."),
        "write": tr("You may read it, ask within it, and put documents of yours in."),
        "manage": tr("You may read it, put documents in, take any out, and say who else may read it."),
    }
    return said[permission]


def _ways_out(one: CollectionPublic) -> str:
    identity, name, path = esc(one.id), esc(one.name), f"/api/v1/collections/{esc(one.id)}"
    if one.permission == "own":
        asked = tr("Delete the collection {name}? Its documents stay with whoever owns them.", name=name)
        return render_way_out(f"drop-{identity}", path, asked, tr("Delete collection"))
    if one.share:
        asked = tr("Leave {name}? You can no longer read what is in it.", name=name)
        return render_way_out(f"leave-{identity}", f"{path}/shares/{esc(one.share)}", asked, tr("Leave"))
    said = tr("It reaches you through a group: leave the group to leave it.")
    return f'<p class="muted">{said}</p>'


def render_inside(
    one: CollectionPublic,
    held: Sequence[DocumentPublic],
    own: Sequence[DocumentPublic],
    shares: Sequence[SharePublic] | None = None,
    groups: Sequence[GroupPublic] = (),
) -> str:
    """What is in a collection; `own` is what may be put in, `shares` says who reads it where one may know."""
    rows = "".join(_held(one, document) for document in held)
    listed = f'<ul class="files">{rows}</ul>' if rows else f'<p class="muted">{tr("Nothing is in it yet.")}</p>'
    inside = {document.id for document in held}
    left = [document for document in own if document.id not in inside] if one.permission in _MAY_WRITE else []
    return listed + (_put_in(one, left) if left else "") + ("" if shares is None else _shares(one, shares, groups))


def _held(one: CollectionPublic, document: DocumentPublic) -> str:
    identity, name = esc(document.id), esc(document.name)
    whose = "" if document.mine else f'<span class="muted">{tr("of somebody else")}</span>'
    path = f"/api/v1/collections/{esc(one.id)}/documents/{identity}"
    out = ""
    if document.mine or one.permission in _MAY_MANAGE:
        label = tr("Take {name} out", name=name)
        out = render_way_out(f"out-{esc(one.id)}-{identity}", path, "", tr("Take out"), label)
    return f'<li><div class="about-file"><a href="{esc(document_url(document))}">{name}</a>{whose}</div>{out}</li>'


def _put_in(one: CollectionPublic, left: Sequence[DocumentPublic]) -> str:
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="documents" value="{esc(document.id)}"> '
        f"{esc(document.name)}</label>"
        for document in left
    )
    return f"""<form id="put-{esc(one.id)}" data-method="POST" data-path="/api/v1/collections/{esc(one.id)}/documents">
<fieldset><legend>{tr("Put documents of yours in")}</legend><div class="choices">{boxes}</div></fieldset>
<p class="problem" role="alert" hidden></p><p><button type="submit">{tr("Put them in")}</button></p></form>"""


def _shares(one: CollectionPublic, shares: Sequence[SharePublic], groups: Sequence[GroupPublic]) -> str:
    path = f"/api/v1/collections/{esc(one.id)}/shares"
    rows = "".join(_share(path, share) for share in shares)
    nobody = tr("Nobody else may read it yet.") if one.permission == "own" else tr("Nobody was named yet.")
    listed = f'<ul class="files">{rows}</ul>' if rows else f'<p class="muted">{nobody}</p>'
    return f"<h4>{tr('Who may read it')}</h4>{listed}{_share_form(one, path, groups)}"


def _share(path: str, share: SharePublic) -> str:
    name = esc(share.name if share.group_id else share.email)
    kind = tr("a group") + ", " if share.group_id else ""
    asked = tr("Take it back from {name}?", name=name)
    back = render_way_out(
        f"back-{esc(share.id)}", f"{path}/{esc(share.id)}", asked, tr("Take back"),
        tr("Take it back from {name}", name=name),
    )  # fmt: skip
    return (
        f'<li><div class="about-file"><span>{name}</span><span class="muted">{kind}{_given(share.permission)}</span>'
        f"</div>{back}</li>"
    )


def _share_form(one: CollectionPublic, path: str, groups: Sequence[GroupPublic]) -> str:
    identity = esc(one.id)
    may = "".join(f'<option value="{name}">{_given(name)}</option>' for name in ("read", "write", "manage"))
    names = "".join(f'<option value="{esc(group.id)}">{esc(group.name)}</option>' for group in groups)
    by_group = f"""<label for="group-{identity}">{tr("or a group of yours")}</label>
<select id="group-{identity}" name="group_id"><option value="">{tr("none")}</option>{names}</select>"""
    return f"""<form id="share-{identity}" data-method="POST" data-path="{path}">
<label for="email-{identity}">{tr("E-mail address of somebody with an account here")}</label>
<input id="email-{identity}" name="email" type="email" maxlength="254" autocomplete="off">
{by_group if groups else ""}
<label for="may-{identity}">{tr("What they may do")}</label><select id="may-{identity}" name="permission">{may}</select>
<p class="problem" role="alert" hidden></p><p><button type="submit">{tr("Share it")}</button></p></form>"""


def _given(permission: Permission) -> str:
    said: dict[Permission, str] = {
        "read": tr("may read and ask"),
        "write": tr("may read, and put documents in"),
        "manage": tr("may read, put in, take any out, and share it on"),
    }
    return said[permission]
