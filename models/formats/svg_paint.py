"""What a browser paints of an SVG file: its shapes in their places, without what cannot be seen.

Hidden are what `display`, `visibility`, `opacity`, a stroke of no width or a transparent paint hide, and what
only stands by to be used (`defs`, `symbol`, `mask`, `clipPath`, `marker`, `pattern`). `<use>` shows what it
names where it stands. Styles are read from attributes, `style` attributes and simple rules of `<style>`
(tags, classes, ids).

Source: Scalable Vector Graphics (SVG) 2, W3C (2018), chapters 5, 6 and 11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

Element = ElementTree.Element

MOST_ELEMENTS = 5_000
DEEPEST = 64
SHAPES = ("path", "line", "polyline", "polygon", "rect", "circle", "ellipse")
GEOMETRY = (
    "d", "points", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "r", "rx", "ry", "cx", "cy",
    "transform",
)  # fmt: skip
INHERITED = ("visibility", "stroke", "stroke-opacity", "stroke-width", "fill", "fill-opacity", "color")
STYLED = (*INHERITED, "display", "opacity")
INITIAL = {"stroke": "none", "fill": "black", "color": "black", "visibility": "visible"}

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMPOUND = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CLEAR = re.compile(r"#[0-9a-f]{3}0|#[0-9a-f]{6}00|(?:rgb|hsl)a?\(.*[,/]\s*[-+]?0*\.?0*%?\s*\)")

Styles = dict[str, str]


class TooMuch(ValueError):
    """A tree that copies itself without end, or is deeper than any drawing."""


@dataclass(frozen=True)
class _Rule:
    """Declarations for elements of a tag ("" any) with these classes and ids."""

    tag: str
    names: frozenset[str]
    declarations: Styles

    @property
    def specificity(self) -> tuple[int, int, int]:
        ids = sum(name.startswith("#") for name in self.names)
        return ids, len(self.names) - ids, int(bool(self.tag))

    def fits(self, element: Element) -> bool:
        names = {f".{each}" for each in element.get("class", "").split()} | {f"#{element.get('id', '')}"}
        return self.tag in ("", local_name(element)) and self.names <= names


def local_name(element: Element) -> str:
    """The name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def painted(root: Element) -> Element:
    """The root with the shapes that are painted, in order, and nothing else.

    Each has its geometry, in groups with their transforms, and `stroke`: "none" where it is only filled.

    Raises:
        TooMuch: more than 5000 elements, those that are used counted each time, or more than 64 deep.
    """
    return _Painter(root).paint()


class _Painter:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._named = {name: each for each in reversed(list(root.iter())) if (name := each.get("id"))}
        self._rules = sorted(_rules(root), key=lambda rule: rule.specificity)
        self._n = 1  # the root

    def paint(self) -> Element:
        keys = ("width", "height", "viewBox", "preserveAspectRatio")
        out = Element("svg", {key: self._root.attrib[key] for key in keys if key in self._root.attrib})
        styles = self._styles(self._root, INITIAL)
        if not _is_gone(styles):
            box = _numbers(self._root.get("viewBox", ""))
            size = box[2:] if len(box) == 4 else [_length(self._root.get(k), 100.0, 100.0) for k in keys[:2]]
            self._children(self._root, out, styles, (size[0], size[1]), ())
        return out

    def _children(
        self, element: Element, out: Element, styles: Styles, view: tuple[float, float], used: tuple[str, ...]
    ) -> None:
        children = list(element)[:1] if local_name(element) == "switch" else element
        for child in children:
            self._element(child, out, styles, view, used)

    def _element(
        self, element: Element, out: Element, above: Styles, view: tuple[float, float], used: tuple[str, ...]
    ) -> None:
        self._n += 1
        if self._n > MOST_ELEMENTS or len(used) > DEEPEST:
            raise TooMuch(f"expected at most {MOST_ELEMENTS} elements, {DEEPEST} deep, got more.")
        name = local_name(element)
        if name not in (*SHAPES, "g", "a", "svg", "switch", "use"):
            return
        styles = self._styles(element, above)
        if _is_gone(styles):
            return
        if name in SHAPES:
            stroked, filled = _is_stroked(styles), _is_seen(styles, "fill")
            if styles["visibility"] == "visible" and (stroked or filled):
                kept = {key: element.attrib[key] for key in GEOMETRY if key in element.attrib}
                ElementTree.SubElement(out, name, kept | {"stroke": "#000" if stroked else "none"})
            return
        if "id" in element.attrib:  # what uses an element it stands in shows nothing
            used = (*used, f"#{element.attrib['id']}")
        group = ElementTree.SubElement(out, "g", {"transform": element.get("transform", "")})
        if name == "svg":
            self._viewport(element, element, group, styles, view, used)
        elif name == "use":
            self._use(element, group, styles, view, used)
        else:
            self._children(element, group, styles, view, used)

    def _use(
        self, element: Element, out: Element, styles: Styles, view: tuple[float, float], used: tuple[str, ...]
    ) -> None:
        """What `<use>` names, where it stands; nothing of another file, and nothing that uses itself."""
        link = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "href"), "")
        target = self._named.get(link[1:]) if link.startswith("#") else None
        if target is None or link in used:
            return
        x, y = _length(element.get("x"), 0.0, view[0]), _length(element.get("y"), 0.0, view[1])
        group = ElementTree.SubElement(out, "g", {"transform": f"translate({x:.9g} {y:.9g})"})
        if local_name(target) not in ("symbol", "svg"):
            self._element(target, group, styles, view, used)
            return
        self._n += 1
        used = (*used, link)
        own = self._styles(target, styles)
        if not _is_gone(own):
            self._viewport(target, element, group, own, view, used)

    def _viewport(
        self,
        element: Element,
        sized: Element,
        out: Element,
        styles: Styles,
        view: tuple[float, float],
        used: tuple[str, ...],
    ) -> None:
        """The children of an inner `svg` or `symbol`, whose viewBox is fitted to the size of `sized`."""
        sizes = []
        for key, whole in zip(("width", "height"), view, strict=True):
            sizes.append(_length(sized.get(key, element.get(key)), whole, whole))
        x, y = (0.0, 0.0)
        if element is sized:
            x, y = _length(element.get("x"), 0.0, view[0]), _length(element.get("y"), 0.0, view[1])
        box = _numbers(element.get("viewBox", ""))
        transform = f"translate({x:.9g} {y:.9g})"
        if len(box) == 4 and min(box[2:]) > 0.0:
            factors = [size / side for size, side in zip(sizes, box[2:], strict=True)]
            if not element.get("preserveAspectRatio", "").startswith("none"):
                factors = [min(factors)] * 2
            free = [s - f * b for s, f, b in zip(sizes, factors, box[2:], strict=True)]
            transform += (
                f" translate({free[0] / 2:.9g} {free[1] / 2:.9g}) scale({factors[0]:.9g} {factors[1]:.9g})"
            )
            transform += f" translate({-box[0]:.9g} {-box[1]:.9g})"
            sizes = box[2:]
        group = ElementTree.SubElement(out, "g", {"transform": transform})
        self._children(element, group, styles, (sizes[0], sizes[1]), used)

    def _styles(self, element: Element, above: Mapping[str, str]) -> Styles:
        """The styles of an element: its own over those it inherits."""
        own = {key: element.attrib[key] for key in STYLED if key in element.attrib}
        for rule in self._rules:
            if rule.fits(element):
                own |= rule.declarations
        own |= _declarations(element.get("style", ""))
        styles = {key: value for key, value in above.items() if key in INHERITED}
        return styles | {key: value.strip().lower() for key, value in own.items() if value != "inherit"}


def _rules(root: Element) -> Iterator[_Rule]:
    """The rules of all `<style>` elements whose selectors are one tag, classes or ids."""
    for element in root.iter():
        if local_name(element) != "style":
            continue
        text = re.sub(r"/\*.*?\*/", "", element.text or "", flags=re.DOTALL)
        for selectors, body in _RULE.findall(text):
            for selector in selectors.split(","):
                if found := _COMPOUND.fullmatch(selector.strip()):
                    tag = "" if found[1] in (None, "*") else found[1]
                    yield _Rule(tag, frozenset(re.findall(r"[.#][\w-]+", found[2])), _declarations(body))


def _declarations(text: str) -> Styles:
    """The styles in `stroke: red; opacity: 0`."""
    pairs = (each.partition(":") for each in text.split(";"))
    cleaned = ((key.strip().lower(), value.replace("!important", "").strip()) for key, _, value in pairs)
    return {key: value for key, value in cleaned if key in STYLED and value}


def _is_gone(styles: Mapping[str, str]) -> bool:
    """Whether neither the element nor anything in it is painted."""
    return styles.get("display") == "none" or not _share(styles.get("opacity", "1")) > 0.0


def _is_seen(styles: Mapping[str, str], which: str) -> bool:
    """Whether the paint `which`, "stroke" or "fill", leaves a mark."""
    paint = styles[which]
    if paint == "currentcolor":
        paint = styles["color"]
    is_clear = paint in ("none", "transparent", "") or bool(_CLEAR.fullmatch(paint))
    return not is_clear and _share(styles.get(f"{which}-opacity", "1")) > 0.0


def _is_stroked(styles: Mapping[str, str]) -> bool:
    return _is_seen(styles, "stroke") and _share(styles.get("stroke-width", "1")) > 0.0


def _share(text: str) -> float:
    """The number a style begins with; 1 where it begins with none, as for a style that is not valid."""
    found = _NUMBER.match(text.strip())
    return float(found[0]) if found else 1.0


def _numbers(text: str) -> list[float]:
    return [float(word) for word in _NUMBER.findall(text)]


def _length(text: str | None, missing: float, whole: float) -> float:
    """A length in user units or in hundredths of `whole`."""
    found = _NUMBER.match((text or "").strip())
    if text is None or not found:
        return missing
    return float(found[0]) * (whole / 100.0 if text.strip().endswith("%") else 1.0)
