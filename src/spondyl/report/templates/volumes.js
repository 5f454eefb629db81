(() => {
  "use strict";

  const store = document.getElementById("volumes-data");
  if (!store) return;
  const volumes = JSON.parse(store.textContent);
  const ready = new Map();

  async function whole(one) {
    if (one.data) return one;
    const answer = await fetch(one.url);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  async function unpack(index) {
    const one = await whole(volumes[index]);
    const packed = Uint8Array.from(atob(one.data), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return { ...one, bytes: new Uint8Array(await new Response(stream).arrayBuffer()) };
  }

  function unpacked(index) {
    if (!ready.has(index)) ready.set(index, unpack(index));
    return ready.get(index);
  }

  const VERTEX = `#version 300 es
    in vec2 corner;
    out vec2 place;
    void main() { place = corner; gl_Position = vec4(corner, 0.0, 1.0); }`;

  const FRAGMENT = `#version 300 es
    precision highp float;
    precision highp sampler3D;
    in vec2 place;
    out vec4 colour;
    uniform sampler3D bone;
    uniform mat3 turn;      // from the eye to the bone
    uniform vec3 extent;    // half edges of the box, the longest 1
    uniform vec3 texel;     // one voxel in texture coordinates
    uniform float level;
    uniform float cut;      // share of the box that is cut away from the front
    uniform float zoom;
    float at(vec3 p) { return texture(bone, p / extent * 0.5 + 0.5).r; }
    void main() {
      vec3 origin = turn * vec3(place / zoom, -3.0);
      vec3 way = turn * vec3(0.0, 0.0, 1.0);
      vec3 low = -extent, high = extent;
      low.y += 2.0 * extent.y * cut;
      vec3 a = (low - origin) / way, b = (high - origin) / way;
      vec3 near = min(a, b), far = max(a, b);
      float t = max(max(near.x, near.y), near.z), end = min(min(far.x, far.y), far.z);
      colour = vec4(0.0);
      if (t >= end) return;
      bool face = at(origin + way * (t + 1e-4)) >= level;
      vec3 normal;
      if (face) {
        normal = near.y >= t - 1e-6 ? vec3(0, -1, 0) : near.x >= t - 1e-6 ? vec3(-sign(way.x), 0, 0)
          : vec3(0, 0, -sign(way.z));
      } else {
        float step = (end - t) / ceil((end - t) / (0.7 * 2.0 * extent.x * texel.x));
        float before = t;
        for (int i = 0; i < 700; i++) {
          t += step;
          if (t > end) return;
          if (at(origin + way * t) >= level) break;
          before = t;
        }
        if (at(origin + way * t) < level) return;
        for (int i = 0; i < 5; i++) {
          float middle = 0.5 * (before + t);
          if (at(origin + way * middle) >= level) t = middle; else before = middle;
        }
        vec3 p = origin + way * t;
        vec3 h = 2.0 * extent * texel;
        normal = -vec3(at(p + vec3(h.x, 0, 0)) - at(p - vec3(h.x, 0, 0)),
                       at(p + vec3(0, h.y, 0)) - at(p - vec3(0, h.y, 0)),
                       at(p + vec3(0, 0, h.z)) - at(p - vec3(0, 0, h.z))) / h;
        normal = normal / max(length(normal), 1e-6);
      }
      vec3 seen = transpose(turn) * normal;
      float light = 0.22 + 0.62 * max(dot(seen, normalize(vec3(-0.4, 0.5, -0.75))), 0.0)
                  + 0.20 * max(dot(seen, normalize(vec3(0.7, -0.1, -0.7))), 0.0);
      float dense = smoothstep(level, 1.0, at(origin + way * (t + 0.02)));
      vec3 tint = face ? mix(vec3(0.80, 0.62, 0.42), vec3(1.0, 0.97, 0.90), dense) : vec3(0.93, 0.88, 0.78);
      colour = vec4(tint * light, 1.0);
    }`;

  function program(gl) {
    const made = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
      gl.attachShader(made, shader);
    }
    gl.linkProgram(made);
    gl.useProgram(made);
    const corners = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, corners, gl.STATIC_DRAW);
    const slot = gl.getAttribLocation(made, "corner");
    gl.enableVertexAttribArray(slot);
    gl.vertexAttribPointer(slot, 2, gl.FLOAT, false, 0, 0);
    return (name) => gl.getUniformLocation(made, name);
  }

  // One view for all panes: what is compared is seen from the same side, cut at the same place.
  const view = { yaw: 0.55, pitch: 0.3, cut: 0, level: 0.33, zoom: 0.9 };
  const panes = [];
  let due = false;
  function redraw() {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; panes.forEach((pane) => pane.draw()); });
  }

  function turned() {
    const [c, s, u, v] = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)];
    // The eye's axes (right, up, away) in the bone's (x, y, z), y pointing to the back; column by column.
    return [c, s, 0, s * v, -c * v, u, -s * u, c * u, v];
  }

  class Pane {
    constructor(root) {
      this.root = root;
      this.canvas = root.querySelector("canvas");
      this.animal = root.querySelector("select.animal");
      this.week = root.querySelector("select.week");
      this.told = root.querySelector(".told");
      this.gl = this.canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
      if (this.gl) this.where = program(this.gl);
      this.animal.addEventListener("change", () => { this.weeks(); this.load(); });
      this.week.addEventListener("change", () => this.load());
      this.steer();
      this.weeks();
      this.load();
    }

    weeks() {
      const before = this.week.value;
      const held = volumes.map((one, index) => [one, index]).filter(([one]) => one.animal === this.animal.value);
      this.week.replaceChildren(...held.map(([one, index]) => new Option(one.week, String(index))));
      const same = held.find(([one]) => one.week === this.shown);
      this.week.value = same ? String(same[1]) : String(held[held.length - 1][1]);
      return before;
    }

    async load() {
      const index = Number(this.week.value);
      this.shown = volumes[index].week;
      if (!this.gl) {
        this.told.textContent = "This browser offers no WebGL 2; the slices in the report show the same scan.";
        return;
      }
      let one;
      try {
        one = await unpacked(index);
      } catch (error) {
        this.told.textContent = `This scan cannot be shown: ${error.message}`;
        return;
      }
      if (Number(this.week.value) !== index) return;
      const gl = this.gl;
      const [nz, ny, nx] = one.shape;
      gl.deleteTexture(this.texture);
      this.texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_3D, this.texture);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage3D(gl.TEXTURE_3D, 0, gl.R8, nx, ny, nz, 0, gl.RED, gl.UNSIGNED_BYTE, one.bytes);
      for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_3D, side, gl.LINEAR);
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R])
        gl.texParameteri(gl.TEXTURE_3D, side, gl.CLAMP_TO_EDGE);
      this.one = one;
      this.canvas.setAttribute("aria-label", `${one.label}, ${one.animal}, ${one.week}: bone in three dimensions`);
      this.told.textContent = `${one.label} · voxels of ${Math.round(1000 * Math.max(...one.spacing))} µm`;
      redraw();
    }

    draw() {
      const { gl, one } = this;
      if (!gl || !one) return;
      const side = Math.min(Math.round(this.canvas.clientWidth * Math.min(devicePixelRatio, 1.5)), 720);
      if (this.canvas.width !== side) { this.canvas.width = side; this.canvas.height = side; }
      const edges = one.shape.map((count, axis) => count * one.spacing[axis]);
      const longest = Math.max(...edges);
      const [z, y, x] = edges.map((edge) => edge / longest);
      gl.viewport(0, 0, side, side);
      gl.uniformMatrix3fv(this.where("turn"), false, turned());
      gl.uniform3f(this.where("extent"), x, y, z);
      gl.uniform3f(this.where("texel"), 1 / one.shape[2], 1 / one.shape[1], 1 / one.shape[0]);
      gl.uniform1f(this.where("level"), view.level);
      gl.uniform1f(this.where("cut"), view.cut);
      gl.uniform1f(this.where("zoom"), view.zoom);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }

    steer() {
      let last = null;
      this.canvas.addEventListener("pointerdown", (event) => {
        last = [event.clientX, event.clientY];
        this.canvas.setPointerCapture(event.pointerId);
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (!last) return;
        turn((event.clientX - last[0]) * 0.01, (event.clientY - last[1]) * 0.01);
        last = [event.clientX, event.clientY];
      });
      this.canvas.addEventListener("pointerup", () => { last = null; });
      this.canvas.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: [-0.12, 0], ArrowRight: [0.12, 0], ArrowUp: [0, -0.12], ArrowDown: [0, 0.12] }[event.key];
        if (step) turn(...step);
        else if (event.key === "+" || event.key === "=") view.zoom = Math.min(view.zoom * 1.15, 6);
        else if (event.key === "-") view.zoom = Math.max(view.zoom / 1.15, 0.4);
        else return;
        event.preventDefault();
        redraw();
      });
    }
  }

  function turn(aside, down) {
    view.yaw -= aside;
    view.pitch = Math.max(-1.5, Math.min(1.5, view.pitch + down));
    redraw();
  }

  document.querySelectorAll("#volumes input[data-view]").forEach((input) =>
    input.addEventListener("input", () => { view[input.dataset.view] = Number(input.value); redraw(); }));
  document.querySelectorAll("#volumes .pane").forEach((root) => panes.push(new Pane(root)));
  window.addEventListener("resize", redraw);
  window.spondylVolumes = { panes, view };
})();
