// Patterns for a canvas: hatched for "no data", dotted over a colour for few residents.

/**
 * @param {(pen: CanvasRenderingContext2D) => void} draw
 * @returns {CanvasPattern | string}
 */
function pattern(draw) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  if (!pen) return "transparent";
  draw(pen);
  return pen.createPattern(tile, "repeat") ?? "transparent";
}

/** Diagonal lines on white. */
export function hatched() {
  return pattern((pen) => {
    pen.fillStyle = "#fbfcfd";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = "#9aa7b4";
    pen.lineWidth = 1.2;
    for (const shift of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
      pen.stroke();
    }
  });
}

/**
 * Dots on a colour, dark on a light one and light on a dark one.
 * @param {string} colour as #rrggbb
 */
export function dotted(colour) {
  const light = parseInt(colour.slice(3, 5), 16) > 120;
  return pattern((pen) => {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 8, 8);
    pen.fillStyle = light ? "#3a2a5c" : "#ffffff";
    pen.beginPath();
    pen.arc(4, 4, 1.3, 0, 7);
    pen.fill();
  });
}
