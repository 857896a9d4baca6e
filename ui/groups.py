"""Groups on the page Documents: people who are given collections together. Renders; asks nothing of the server."""

from collections.abc import Sequence

from app.schemas_groups import GroupPublic, MemberPublic
from ui.language import tr, trn
from ui.markup import esc
from ui.ways_out import render_way_out


def render_groups(groups: Sequence[GroupPublic]) -> str:
    """Those that one is in, and the form for another."""
    said = tr(
        "Whoever joins a group can read what is shared with it from their next question on, and whoever leaves it no "
        "longer can. Who leads a group says who is in it."
    )
    cards = "".join(_card(group) for group in groups)
    listed = f'<ul class="cards">{cards}</ul>' if cards else f'<div class="empty"><p>{tr("No group yet.")}</p></div>'
    return f"""<p class="muted">{said}</p>{listed}
<form class="state" id="new-group" data-method="POST" data-path="/api/v1/groups"><label for="group-name">
{tr("A new group")}</label><div class="row"><input id="group-name" name="name" maxlength="200" required
 autocomplete="off" placeholder="{tr("Night shift")}"><button type="submit" class="primary">{tr("Make it")}</button>
</div><p class="problem" role="alert" hidden></p></form>"""


def _card(group: GroupPublic) -> str:
    identity, name = esc(group.id), esc(group.name)
    size = trn("{count} person", "{count} people", group.members)
    leads = f"<span>{tr('you lead it')}</span>" if group.leads else ""
    asked = tr("Delete the group {name}? What was shared with it is shared with it no more.", name=name)
    drop = render_way_out(f"drop-group-{identity}", f"/api/v1/groups/{identity}", asked, tr("Delete group"))
    return f"""<li class="card" id="g-{identity}"><h3>{name}</h3><p class="chips"><span>{size}</span>{leads}</p>
<details id="members-{identity}" data-load="/shown/group/{identity}"><summary>{tr("Who is in it")}</summary>
<div data-loaded></div></details>{drop if group.leads else ""}</li>"""


def render_members(group_id: str, members: Sequence[MemberPublic], me: str, leads: bool) -> str:
    """Who is in a group, the way out, and for who leads it the way in for others."""
    rows = "".join(_member(group_id, member, me, leads) for member in members)
    return f'<ul class="files">{rows}</ul>{_join_form(group_id) if leads else ""}'


def _member(group_id: str, member: MemberPublic, me: str, leads: bool) -> str:
    email, path = esc(member.email), f"/api/v1/groups/{esc(group_id)}/members/{esc(member.person_id)}"
    says = f'<span class="muted">{tr("leads it")}</span>' if member.leads else ""
    own = member.person_id == me
    asked = tr("Leave the group?") if own else tr("Take {name} out of the group?", name=email)
    label = tr("Leave the group") if own else tr("Take {name} out", name=email)
    identity = f"go-{esc(group_id)}-{esc(member.person_id)}"
    way = render_way_out(identity, path, asked, tr("Leave") if own else tr("Take out"), label)
    return f'<li><div class="about-file"><span>{email}</span>{says}</div>{way if own or leads else ""}</li>'


def _join_form(group_id: str) -> str:
    identity = esc(group_id)
    return f"""<form id="join-{identity}" data-method="POST" data-path="/api/v1/groups/{identity}/members">
<label for="joins-{identity}">{tr("E-mail address of somebody with an account here")}</label>
<input id="joins-{identity}" name="email" type="email" maxlength="254" required autocomplete="off">
<label class="choice"><input type="checkbox" name="leads" value="yes"> {tr("They lead the group, too")}</label>
<p class="problem" role="alert" hidden></p><p><button type="submit">{tr("Let them in")}</button></p></form>"""
