"""Opens hostile XML safely, and reads XML of unknown meaning into blocks."""

import zipfile

from lxml import etree

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.ports import LoadError

_PART_BYTES = 256 * 1024 * 1024


def tree_of(markup: bytes) -> etree._Element | None:
    """The root element; None where nothing of it can be read."""
    # Entities stay unresolved: an upload must not make the machine read its files or swell to gigabytes.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(markup, parser=parser)
    if root is not None:
        etree.strip_elements(root, etree.Entity, with_tail=False)
    return root


def part_of(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """The root of one part of an office file. Raises LoadError, and KeyError where there is no such part."""
    with archive.open(name) as handle:
        data = handle.read(_PART_BYTES + 1)
    if len(data) > _PART_BYTES:
        raise LoadError("too_large", f"{name} inside the file unpacks to more than {_PART_BYTES} bytes: split it")
    root = tree_of(data)
    if root is None:
        raise LoadError("unreadable", f"{name} inside the file is broken: open and save it again")
    return root


def read_xml(markup: bytes, out: BlockWriter) -> None:
    """Write the text of XML of unknown meaning."""
    root = tree_of(markup)
    if root is not None:
        read_tree(root, out)


def read_tree(root: etree._Element, out: BlockWriter) -> None:
    """Write one paragraph for every element that holds text of its own."""
    walk = etree.iterwalk(root, events=("start",), tag="*")
    for _, element in walk:
        if any(text and text.strip() for text in (element.text, *(child.tail for child in element))):
            out.text(one_line("".join(element.itertext())))
            walk.skip_subtree()


def read_parts(archive: zipfile.ZipFile, folder: str, tag: str, out: BlockWriter) -> None:
    """Write the `t` inside every `tag` of every XML part in `folder`: the resort where a format's reader gives up."""
    for name in sorted(archive.namelist()):
        if name.startswith(folder) and name.endswith(".xml"):
            for element in part_of(archive, name).iter(f"{{*}}{tag}"):
                out.text("".join(text.text or "" for text in element.iter("{*}t")))
