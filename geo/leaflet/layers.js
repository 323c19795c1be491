// The layers of a map that stands alone: places as pins, areas by the classes of a figure, legends, notes.
// A classic script, so that it works inside a file that is opened from a disk. It needs Leaflet (L) and
// leaflet.markercluster before it. Every text becomes a text node, so none can become markup.
// The shapes and colours of kinds are those of the site: templates/_symbols.html, css/cortile.css.

const cortileMaps = (() => {
  const SHAPES = {
    house: ["#0072b2", "#00507d", '<path d="M12 2 22 10.2V21a1.5 1.5 0 0 1-1.5 1.5h-17A1.5 1.5 0 0 1 2 21V10.2Z"'],
    site: ["#d55e00", "#963f00", '<path d="M12 2.2 22.6 21a.9.9 0 0 1-.8 1.4H2.2a.9.9 0 0 1-.8-1.4Z"'],
    project: ["#009e73", "#006b4e", '<circle cx="12" cy="12" r="10.2"'],
    enterprise: ["#e69f00", "#8f6200", '<rect x="2.8" y="2.8" width="18.4" height="18.4" rx="1.5"'],
    event: ["#cc79a7", "#8d3f6b", '<path d="M12 .8 23.2 12 12 23.2.8 12Z"'],
    story: [
      "#56b4e9",
      "#1d6c9f",
      '<path d="M4.5 2.5h15A2.7 2.7 0 0 1 22.2 5v9.4a2.7 2.7 0 0 1-2.7 2.6H12l-5.6 5.4V17H4.5a2.7 2.7 0 0 1-2.7-2.6V5a2.7 2.7 0 0 1 2.7-2.5Z"',
    ],
    place: ["#7a8793", "#465361", '<path d="m12 1.6 9.2 5.2v10.4L12 22.4l-9.2-5.2V6.8Z"'],
  };
  const ORDER = Object.keys(SHAPES);
  const SIZE = 24;

  /** A kind that has a shape: any other is a place. */
  const known = (kind) => (Object.hasOwn(SHAPES, kind) ? kind : "place");

  /** A kind's shape as the status fills it: solid when active, hollow when proposed, hatched when ended. */
  function shape(kind, status) {
    const [colour, line, mark] = SHAPES[known(kind)];
    let [fill, width] = [colour, 1.6];
    if (status === "proposed") [fill, width] = ["#fff", 3];
    if (status === "ended") [fill, width] = [`url(#cortile-hatch-${known(kind)})`, 2];
    return (
      `<svg viewBox="-2 -2 28 28" width="${SIZE}" height="${SIZE}" aria-hidden="true" focusable="false">` +
      `${mark} fill="#fff" stroke="#fff" stroke-width="5" stroke-linejoin="round"/>` +
      `${mark} fill="${fill}" stroke="${line}" stroke-width="${width}" stroke-linejoin="round"/></svg>`
    );
  }

  /** The hatches that ended places are filled with, once in a document. */
  function hatches() {
    if (document.getElementById("cortile-hatches")) return;
    const patterns = ORDER.map(
      (kind) =>
        `<pattern id="cortile-hatch-${kind}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
        `<rect width="5" height="5" fill="#fff"/><path d="M0 0V5" stroke="${SHAPES[kind][0]}" stroke-width="4.4"/></pattern>`,
    );
    const holder = element("div", "cortile-hatches");
    holder.id = "cortile-hatches";
    holder.innerHTML = `<svg width="0" height="0" aria-hidden="true" focusable="false"><defs>${patterns.join("")}</defs></svg>`;
    document.body.append(holder);
  }

  /** An element of these classes that holds this text. */
  function element(tag, classes, text = "") {
    const made = document.createElement(tag);
    made.className = classes;
    made.textContent = text;
    return made;
  }

  /** What a popup says: a heading, a line, rows of a label and a text, a link. */
  function told({ title, said, rows, link }) {
    const box = element("div", "cortile-popup");
    box.append(element("strong", "", title));
    if (said) box.append(element("p", "cortile-said", said));
    const list = element("dl", "");
    for (const [label, text] of rows ?? []) list.append(element("dt", "", label), element("dd", "", text));
    if (list.childElementCount) box.append(list);
    if (link && /^https?:\/\//i.test(link.href)) {
      const anchor = element("a", "", link.text);
      anchor.href = link.href;
      anchor.target = "_blank";
      anchor.rel = "noopener";
      box.append(anchor);
    }
    return box;
  }

  /** A control that holds an element; clicks and scrolls in it do not reach the map. */
  function control(content, position) {
    const made = new L.Control({ position });
    made.onAdd = () => {
      L.DomEvent.disableClickPropagation(content);
      L.DomEvent.disableScrollPropagation(content);
      return content;
    };
    return made;
  }

  /** Where there is little room all stand above each other on the side of the attribution, which is long. */
  const corner = () => (innerWidth < 600 ? "bottomright" : "bottomleft");

  /** Let a control come and go with a layer. */
  function together(layer, made) {
    layer.on("add", () => made.addTo(layer._map));
    layer.on("remove", () => made.remove());
  }

  /** A sentence on the map. */
  function note(text) {
    const box = element("p", "cortile-note", text);
    box.setAttribute("role", "status");
    return control(box, "topleft");
  }

  /** A numbered disc with a ring that shows the shares of the kinds. */
  function disc(cluster, words) {
    const counts = {};
    for (const marker of cluster.getAllChildMarkers()) {
      counts[marker.options.kind] = (counts[marker.options.kind] ?? 0) + 1;
    }
    const total = cluster.getChildCount();
    const radius = Math.round(15 + 3 * Math.log10(total));
    let start = 0;
    const arcs = ORDER.filter((kind) => counts[kind]).map((kind) => {
      const length = (counts[kind] / total) * 100;
      const arc = `<circle cx="${radius}" cy="${radius}" r="${radius - 4}" fill="none" stroke="${SHAPES[kind][0]}" stroke-width="5" pathLength="100" stroke-dasharray="${length} 100" stroke-dashoffset="${-start}"/>`;
      start += length;
      return arc;
    });
    const html =
      `<svg viewBox="0 0 ${radius * 2} ${radius * 2}" width="${radius * 2}" height="${radius * 2}" aria-hidden="true" focusable="false">` +
      `<circle cx="${radius}" cy="${radius}" r="${radius - 0.5}" fill="#fff"/>` +
      `<g transform="rotate(-90 ${radius} ${radius})">${arcs.join("")}</g>` +
      `<text x="${radius}" y="${radius}" dy=".35em">${total}</text></svg>` +
      `<span class="cortile-hidden">${words.replace("{n}", String(total)).replace(/[<&]/g, "")}</span>`;
    return L.divIcon({ html, className: "cortile-disc", iconSize: [radius * 2, radius * 2] });
  }

  /** Give a marker's element a name for those who do not see it. */
  function named(marker, name) {
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", name));
    return marker;
  }

  /** Pins that come as discs until the map is near enough; `words` names a disc. */
  function gathered(words) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return L.markerClusterGroup({
      iconCreateFunction: (cluster) => disc(cluster, words),
      maxClusterRadius: 50,
      showCoverageOnHover: false,
      chunkedLoading: true,
      animate: !still,
    });
  }

  /** The pin of a place, and its line or area where it has one. */
  function pin(place) {
    const { lon, lat, kind, status, title, said } = place;
    const name = [title, said].filter(Boolean).join(", ");
    const icon = L.divIcon({ html: shape(kind, status), className: "cortile-pin", iconSize: [SIZE, SIZE] });
    const marker = L.marker([lat, lon], { icon, title: name, kind: known(kind), riseOnHover: true });
    return named(marker, name).bindPopup(() => told(place), { maxWidth: 320 });
  }

  function outline(place) {
    const [colour, line] = SHAPES[known(place.kind)];
    const dashArray = place.status === "proposed" ? "6 5" : undefined;
    const style = { color: line, weight: 2.5, fillColor: colour, fillOpacity: 0.25, dashArray };
    return L.geoJSON(place.shape, { style }).bindPopup(() => told(place), { maxWidth: 320 });
  }

  /** A box that its title opens and closes; closed at first where there is little room. */
  function legend(title) {
    const box = element("details", "cortile-legend");
    box.open = innerWidth >= 600;
    box.append(element("summary", "", title));
    return box;
  }

  function kindsLegend({ name, kinds }) {
    const box = legend(name);
    const list = element("ul", "");
    for (const kind of ORDER.filter((one) => Object.hasOwn(kinds, one))) {
      const item = element("li", "");
      item.innerHTML = shape(kind, "active");
      item.append(element("span", "", kinds[kind]));
      list.append(item);
    }
    box.append(list);
    return control(box, corner());
  }

  /** A layer of places; `spec` as geo/leaflet/specs.py makes it. */
  function places(spec) {
    hatches();
    const layer = L.layerGroup([], { attribution: spec.attribution });
    const shapes = spec.pins.filter((place) => place.shape).map(outline);
    const pins = spec.pins.map(pin);
    for (const one of shapes) layer.addLayer(one);
    if (spec.cluster) layer.addLayer(gathered(spec.cluster).addLayers(pins));
    else for (const one of pins) layer.addLayer(one);
    together(layer, spec.pins.length ? kindsLegend(spec) : note(spec.empty));
    return layer;
  }

  /** A pattern of 8 by 8 pixels for a canvas. */
  function pattern(draw) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    draw(pen);
    return pen.createPattern(tile, "repeat");
  }

  const hatched = () =>
    pattern((pen) => {
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

  const dotted = (colour) =>
    pattern((pen) => {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 8, 8);
      pen.fillStyle = parseInt(colour.slice(3, 5), 16) > 120 ? "#3a2a5c" : "#ffffff";
      pen.beginPath();
      pen.arc(4, 4, 1.3, 0, 7);
      pen.fill();
    });

  function swatch(classes, colour, label) {
    const item = element("li", "");
    const square = element("i", `cortile-swatch ${classes}`);
    if (colour) square.style.backgroundColor = colour;
    item.append(square, element("span", "", label));
    return item;
  }

  function classesLegend({ title, unit, steps, no_data: none, few, source }) {
    const box = legend(title);
    if (unit) box.append(element("p", "", unit));
    const list = element("ul", "");
    for (const { colour, label } of steps) list.append(swatch("", colour, label));
    if (none) list.append(swatch("cortile-none", "", none));
    if (few) list.append(swatch("cortile-few", "", few));
    box.append(list);
    if (source) box.append(element("p", "cortile-source", source));
    return control(box, "bottomright");
  }

  /** A layer of areas, painted by their classes; `spec` as geo/leaflet/specs.py makes it. */
  function areas(spec) {
    const steps = (spec.legend?.steps ?? []).map(({ colour }) => ({ plain: colour, few: dotted(colour) }));
    const none = hatched();
    const style = ({ properties: { step, few } }) => {
      if (!spec.legend) return { color: "#7d8fa1", weight: 1, fillColor: "#ffffff", fillOpacity: 0.35 };
      const fill = step === null ? none : steps[step][few ? "few" : "plain"];
      return { color: "#7d6a9e", weight: 0.8, opacity: 0.7, fillColor: fill, fillOpacity: 0.85 };
    };
    const options = { renderer: L.canvas({ padding: 0.4, tolerance: 2 }), style, attribution: spec.attribution };
    const layer = L.geoJSON(spec.features, options);
    layer.bindPopup((one) => told(one.feature.properties), { maxWidth: 320 });
    layer.bindTooltip((one) => element("span", "", one.feature.properties.title), { sticky: true });
    if (!spec.features.features.length) together(layer, note(spec.empty));
    else if (spec.legend) together(layer, classesLegend(spec.legend));
    return layer;
  }

  /**
   * The whole map of a file: tiles, layers, and a control to choose among them. Fits `bounds`, which is
   * [[south, west], [north, east]].
   */
  function show(id, { base_map, bounds, words, layers, made }) {
    const map = L.map(id, { zoomControl: false, maxZoom: 19 });
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    map.attributionControl.setPrefix(false);
    map.on("popupopen", ({ popup }) =>
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close),
    );
    map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17 });
    if (base_map.url) L.tileLayer(base_map.url, { attribution: base_map.attribution, maxZoom: 19 }).addTo(map);
    const overlays = layers.map(({ type, ...spec }) => [spec.name, { places, areas }[type](spec).addTo(map)]);
    const escaped = overlays.map(([name, layer]) => [name.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`), layer]);
    L.control.layers({}, Object.fromEntries(escaped), { collapsed: innerWidth < 600 }).addTo(map);
    const said = element("p", "cortile-made", made.text);
    const link = element("a", "", made.address);
    link.href = made.address;
    said.append(" ", link);
    control(said, corner()).addTo(map);
    return map;
  }

  return { places, areas, show };
})();
