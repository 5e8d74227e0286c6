// Tables are read cell by cell, each with the head of its column.
function table(node, tongue, r) {
  var rows = [].filter.call(node.rows, function (row) { return !row.matches(SKIP) && getComputedStyle(row).display !== "none"; });
  var grid = rows.map(function () { return []; }), columns = 0;
  rows.forEach(function (row, y) {
    var x = 0;
    [].forEach.call(row.cells, function (cell) {
      while (grid[y][x]) x++;
      for (var dy = 0; dy < Math.min(cell.rowSpan || 1, rows.length - y); dy++) for (var dx = 0; dx < Math.min(cell.colSpan, 99); dx++) grid[y + dy][x + dx] = cell;
      x += cell.colSpan;
    });
    columns = Math.max(columns, grid[y].length);
  });
  if (node.caption) { r.children(node.caption, tongue, true); r.flush(true); }
  if (columns) r.say("table", { rows: rows.length, columns: columns }, tongue, node);
  rows.forEach(function (row, y) {
    grid[y].forEach(function (cell, x) {
      if (!cell || (x && grid[y][x - 1] === cell) || (y && grid[y - 1][x] === cell) || cell.matches(SKIP)) return;
      if (!cell.textContent.trim() && !cell.querySelector("img[alt],[role=img]")) return;
      var head = cell.localName === "td" && headOf(grid, x, y);
      if (head && head !== cell) { r.children(head, head.lang || tongue, true); r.flush(false); }
      r.children(cell, cell.lang || tongue, true);
      r.flush(true);
    });
  });
}

// headOf a column is the nearest th above, unless that is the head of its row.
function headOf(grid, x, y) {
  for (var up = y - 1; up >= 0; up--) {
    var cell = grid[up][x];
    if (cell && cell.localName === "th" && cell.scope !== "row") return cell;
  }
  return null;
}
