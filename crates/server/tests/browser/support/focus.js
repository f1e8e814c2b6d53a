// Where the focus is, and what keeps a person from seeing it there.
const on = document.activeElement;
const complaints = [];
const says = on.outerHTML.slice(0, 120);
if (on !== document.body) {
  const target = on.matches("input[type=radio], input[type=checkbox]") ? (on.closest("label") ?? on) : on;
  const ring = one => getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
  if (!ring(on) && !ring(target)) complaints.push(`no focus to see on ${says}`);
  const { left, right, top, bottom } = target.getBoundingClientRect();
  const hit = (x, y) => {
    const found = document.elementFromPoint(x, y);
    return found && (target.contains(found) || found.contains(target));
  };
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  // A control higher than the window cannot be seen as a whole.
  const spots = bottom - top < innerHeight / 2 ? [[x, top + 3], [x, y], [x, bottom - 3]] : [[x, top + 3]];
  if (!spots.every(([x, y]) => hit(x, y))) complaints.push(`the focus is hidden on ${says}`);
}
return { on: on.outerHTML.slice(0, 300), complaints };
