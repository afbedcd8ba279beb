// Checks Kubernetes' manifests against the types of its own client, @kubernetes/client-node: unknown keys and values of
// another kind are told; and selectors of devices by another engine of CEL. manifests.mjs SLICES FILE...
import fs from 'node:fs';
import { createRequire } from 'node:module';

const modules = new URL('./node_modules/', import.meta.url);
const require = createRequire(modules);
const yaml = require('js-yaml');
const types = await import(new URL('@kubernetes/client-node/dist/gen/models/all.js', modules));
const kinds = {
  'v1 Service': 'V1Service',
  'apps/v1 Deployment': 'V1Deployment',
  'resource.k8s.io/v1 ResourceClaimTemplate': 'V1ResourceClaimTemplate',
};
let problems = 0, objects = 0, selected = 0;

function tell(place, problem) {
  problems += 1;
  console.log(`${place}: ${problem}`);
}

function check(type, value, place) {
  if (value === null || value === undefined) return;
  const list = /^Array<(.*)>$/.exec(type), map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (list) {
    if (!Array.isArray(value)) return tell(place, `no list: ${JSON.stringify(value)}`);
    return value.forEach((each, i) => check(list[1], each, `${place}[${i}]`));
  }
  if (map) {
    if (typeof value !== 'object') return tell(place, 'no map');
    return Object.entries(value).forEach(([key, each]) => check(map[1], each, `${place}.${key}`));
  }
  if (['string', 'number', 'boolean'].includes(type)) {
    if (typeof value !== type) tell(place, `no ${type}: ${JSON.stringify(value)}`);
    return;
  }
  if (['IntOrString', 'any', 'object', 'Date'].includes(type)) return;
  const known = Object.fromEntries(types[type].getAttributeTypeMap().map((each) => [each.baseName, each.type]));
  if (typeof value !== 'object') return tell(place, `no ${type}`);
  for (const key of Object.keys(value)) {
    if (key in known) check(known[key], value[key], `${place}.${key}`);
    else tell(place, `${type} has no key ${key}`);
  }
}

/// How many devices of the slices every selector of a request takes.
async function count_selected(request, slices) {
  const { celFunc, celMethod, CelScalar, celEnv, parse, plan } = await import(new URL('@bufbuild/cel/dist/esm/index.js', modules));
  const bytes = (text) => {
    const [, number, unit] = /^([0-9.]+)(Ki|Mi|Gi|Ti|)$/.exec(text);
    return BigInt(Math.round(Number(number) * { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }[unit]));
  };
  const quantity = celFunc('quantity', [CelScalar.STRING], CelScalar.INT, bytes);
  const compare = celMethod('compareTo', CelScalar.INT, [CelScalar.INT], CelScalar.INT, function (other) {
    return this < other ? -1n : this > other ? 1n : 0n;
  });
  const env = celEnv({ funcs: [quantity, compare] });
  const programs = request.exactly.selectors.map((each) => plan(env, parse(each.cel.expression)));
  let taken = 0;
  for (const slice of slices) {
    const driver = slice.spec.driver;
    for (const device of slice.spec.devices) {
      const attributes = Object.fromEntries(Object.entries(device.attributes).map(([key, value]) => [key, value.string]));
      const capacity = Object.fromEntries(Object.entries(device.capacity).map(([key, value]) => [key, bytes(value.value)]));
      const input = { device: { driver, attributes: { [driver]: attributes }, capacity: { [driver]: capacity } } };
      // Kubernetes has an empty map for a domain that the device lacks; all are looked at, as it may do
      for (const other of slices.map((each) => each.spec.driver)) {
        input.device.attributes[other] ??= {};
        input.device.capacity[other] ??= {};
      }
      const answers = programs.map((program) => program(input));
      for (const answer of answers) if (typeof answer !== 'boolean') tell(device.name, `CEL: ${answer?.message ?? answer}`);
      if (answers.every((answer) => answer === true)) taken += 1;
    }
  }
  return taken;
}

const slices = JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).items;
for (const file of process.argv.slice(3)) {
  for (const object of yaml.loadAll(fs.readFileSync(file, 'utf8'))) {
    const kind = `${object.apiVersion} ${object.kind}`;
    objects += 1;
    if (kind === 'serving.kserve.io/v1beta1 InferenceService') {
      // its predictor is a pod with a few keys more
      const { minReplicas, maxReplicas, ...pod } = object.spec.predictor;
      if (!Number.isInteger(minReplicas) || !Number.isInteger(maxReplicas)) tell(file, 'replicas are no numbers');
      check('V1PodSpec', pod, `${file}:${kind}`);
      check('V1ObjectMeta', object.metadata, `${file}:${kind}`);
    } else if (kind in kinds) {
      check(kinds[kind], object, `${file}:${kind}`);
    } else {
      tell(file, `is a ${kind}, which is not known here`);
    }
    if (object.kind !== 'ResourceClaimTemplate') continue;
    for (const request of object.spec.spec.devices.requests) {
      const taken = await count_selected(request, slices);
      selected += taken;
      if (taken < request.exactly.count) tell(file, `a claim for ${request.exactly.count} devices finds ${taken}`);
    }
  }
}
console.log(`${objects} objects, ${selected} devices selected, ${problems} problems`);
process.exit(problems > 0 || objects === 0 ? 1 : 0);
