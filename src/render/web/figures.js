// The figures of one state of the page: looked up in the data, added and compared with the limits that stand there.
// The laws themselves are the program's; none is written here.

// A table of every state may come as what each quantization adds to the states of the first.
function unfoldStates(table) {
  return table && table.add ? table.add.flatMap((more) => table.rest.map((bytes) => (known(bytes) ? bytes + more : null))) : table;
}

function makeFigures(data) {
  for (const backend of data.backends) {
    for (const key of ["compute", "pool", "asks", "compute_low", "compute_high", "host", "pooled"]) backend[key] = unfoldStates(backend[key]);
  }
  const { quantizations, contexts, caches, slots, depths } = data.choices;
  const C = contexts.length, K = caches.length, P = slots.length;
  const cell = (s) => ((s.quantization * C + s.context) * K + s.cache) * P + s.slots;
  const parallel = (s) => slots[s.slots];
  const depthOf = (s) => Math.floor(contexts[s.context] / (data.request.kv_unified ? 1 : parallel(s)));  // tokens that one slot can hold

  // What a backend allocates in a state; null where llama.cpp cannot run it.
  function memory(backend, s) {
    const compute = backend.compute[cell(s)];
    if (!known(compute)) return null;
    const part = (list, i) => (list ? list[i] : 0);  // of several GPUs all is compute
    const weights = part(backend.weights, s.quantization);
    const cache = part(backend.cache, (s.context * K + s.cache) * P + s.slots);
    const state = part(backend.state, s.slots);
    const kept = weights + cache + state;
    const pool = backend.pool ? backend.pool[cell(s)] : 0;
    return {
      weights, cache, state, compute, pool,
      asks: backend.asks ? backend.asks[cell(s)] : 0,
      own: kept + compute + pool,
      low: kept + (backend.compute_low ? backend.compute_low[cell(s)] : compute),
      high: kept + (backend.compute_high ? backend.compute_high[cell(s)] : compute),
      host: backend.host ? backend.host[cell(s)] : null,
      pooled: backend.pooled ? backend.pooled[cell(s)] : backend.host ? backend.host[cell(s)] : 0,
    };
  }

  function headline(s) {
    const backend = data.backends[data.reference];
    const parts = memory(backend, s);
    if (!parts) return null;
    return {
      backend, ...parts, driver: parts.pool + driverBytes(backend, parts.asks),
      total: parts.own + driverBytes(backend, parts.asks),
      lowest: parts.low + backend.driver_low_bytes,
      highest: parts.high + driverHighBytes(backend, parts.asks),
    };
  }

  // A rate of the data with its band, whose edges are shares of it where they are the same for all.
  function banded(speed, key, i, low = `${key}_low`, high = `${key}_high`) {
    const value = speed[key] ? speed[key][i] : null;
    const edge = (name) => (Array.isArray(speed[name]) ? speed[name][i] : value * speed[name]);
    return known(value) ? { value, low: edge(low), high: edge(high) } : null;
  }

  // Microseconds that a token takes longer behind `depth` tokens.
  function delay(speed, cache, depth) {
    const at = speed.deeper.depths || depths;
    const table = speed.deeper.us || speed.deeper;
    const exact = at.indexOf(depth);
    if (exact >= 0) return table[cache * at.length + exact];
    if (!speed.deeper.depths) return null;
    const next = at.findIndex((known) => known > depth);
    if (next < 0) return null;
    const before = next ? at[next - 1] : 0, low = next ? table[cache * at.length + next - 1] : 0;
    return low + (table[cache * at.length + next] - low) * (depth - before) / (at[next] - before);
  }

  function decodeBehind(speed, q, cache, depth) {
    const later = delay(speed, cache, depth);
    return known(later) && known(speed.decode[q]) ? 1 / (1 / speed.decode[q] + later * 1e-6) : null;
  }

  // Until the first token of the answer to a prompt: reading it, and one token behind it.
  function firstToken(speed, q, cache) {
    const prompt = data.request.prompt, behind = decodeBehind(speed, q, cache, prompt);
    return speed.prefill && known(behind) ? prompt / speed.prefill[q] + 1 / behind : null;
  }

  const speedOf = (device) => (known(device.speed) ? data.speeds[device.speed] : null);

  // What is needed of the tightest place: the GPU, or the pool that it shares with the host.
  function tightest(device, parts) {
    const gpu = { required: parts ? parts.high + driverHighBytes(device, parts.asks) : null, usable: device.usable_bytes, most: device.most };
    if (!parts || !known(device.pool_bytes)) return gpu;
    const pool = { required: gpu.required + parts.pooled, usable: device.pool_bytes, most: device.most_of_pool };
    return pool.required / pool.usable > gpu.required / gpu.usable ? pool : gpu;
  }

  function row(device, s, parts) {
    const { required, usable, most } = tightest(device, parts);
    const needed = parts ? parts.own + driverBytes(device, parts.asks) : null;
    const limit = known(device.speed_limit) ? device.speed_limit : device.most[2];
    const speed = needed !== null && needed <= limit ? speedOf(device) : null;
    const q = s.quantization;
    const runs = speed && known(speed.decode[q]);
    const decode = runs ? banded(speed, "decode", q, "low", "high") : null;
    return {
      id: device.id, device, required, needed, usable,
      verdict: verdictOf(required, most),
      free: required === null ? null : usable - required,
      share: required === null ? null : required / usable,
      decode: decode && decode.value, low: decode && decode.low, high: decode && decode.high,
      full: runs ? decodeBehind(speed, q, s.cache, depthOf(s)) : null,
      together: runs ? banded(speed, "together", q * P + s.slots) : null,
      prefill: speed ? banded(speed, "prefill", q) : null,
      first: runs ? firstToken(speed, q, s.cache) : null,
      measured: speed ? speed.measured !== false : false,
      basis: speed ? speed.basis : "",
    };
  }

  const rowOf = (device, s) => row(device, s, memory(data.backends[device.backend], s));

  // The longest context of the page's that the device holds; null: none.
  function longestContext(device, s) {
    const held = contexts.map((tokens, context) => context).filter((context) => rowOf(device, { ...s, context }).verdict < tooBig);
    return held.length ? held[held.length - 1] : null;
  }

  // Of those that leave room to spare, the quantization with the most bits; null: none.
  function bestQuantization(device, s) {
    const well = quantizations.map((quantization, q) => q).filter((q) => rowOf(device, { ...s, quantization: q }).verdict <= 1);
    return well.length ? well.reduce((a, b) => (quantizations[b].bits_per_weight > quantizations[a].bits_per_weight ? b : a)) : null;
  }

  // Every device of a class in a state, people's own first among those that run it, the nearest among those that do not.
  function rows(className, s) {
    const memories = data.backends.map((backend) => memory(backend, s));
    return data.devices.filter((device) => device.class === className)
      .map((device) => row(device, s, memories[device.backend])).sort(ownFirst);
  }

  // Speed at growing depth, as far as a context that deep still fits the device.
  function speedCurve(device, s) {
    const speed = speedOf(device);
    if (!speed || !known(speed.decode[s.quantization])) return [];
    const curve = [{ depth: 0, rate: speed.decode[s.quantization] }];
    for (const depth of depths) {
      const context = contexts.findIndex((tokens) => Math.floor(tokens / parallel(s)) >= depth);
      if (context < 0) break;
      const there = row(device, { ...s, context }, memory(data.backends[device.backend], { ...s, context }));
      const value = known(there.decode) ? decodeBehind(speed, s.quantization, s.cache, depth) : null;
      if (!known(value)) break;
      curve.push({ depth, rate: value });
    }
    return curve;
  }

  const sites = (s) => (data.sites ? data.sites[s.quantization * C + s.context] : null);
  const counts = (list) => verdictWords.map((word, verdict) => list.filter((item) => item.verdict === verdict).length);

  return { data, quantizations, contexts, caches, slots, depths, parallel, depthOf, memory, headline, rows, rowOf, longestContext, bestQuantization, speedCurve, sites, counts };
}

const cacheName = (cache) => (cache.type_k === cache.type_v ? cache.type_k : `${cache.type_k} / ${cache.type_v}`);
