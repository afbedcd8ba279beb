#include "page/page_row.hpp"

#include <algorithm>
#include <tuple>

namespace lfmfit {

namespace {

Verdict verdict_of(Bytes required, const std::array<Bytes, 3>& most) {
  constexpr std::array<Verdict, 3> kVerdicts{Verdict::kRunsGreat, Verdict::kRunsWell, Verdict::kTight};
  for (std::size_t i = 0; i < most.size(); ++i) {
    if (required <= most[i]) return kVerdicts[i];
  }
  return Verdict::kTooBig;
}

double fullness(Bytes required, Bytes usable) {
  return static_cast<double>(required.count()) / static_cast<double>(usable.count());
}

}  // namespace

const std::optional<PageCompute>& compute_in(const ModelPage& page, const PageBackend& table, const PageState& state) {
  return table.compute[page.choices.state(state.quantization, state.context, state.cache, state.slot)];
}

std::optional<ByteRange> memory_in(const ModelPage& page, const PageBackend& table, const PageState& state) {
  const std::optional<PageCompute>& compute = compute_in(page, table, state);
  if (!compute) return std::nullopt;
  const Bytes rest = table.weights[state.quantization] +
                     table.caches[page.choices.cache_state(state.context, state.cache, state.slot)] +
                     table.states[state.slot];
  return ByteRange{compute->gpu.low + rest, compute->gpu.value + compute->pool + rest, compute->gpu.high + rest};
}

std::optional<PageRow> row_of(const ModelPage& page, const PageDevice& device, const PageState& state) {
  const PageBackend& table = page.backends[device.backend];
  const std::optional<ByteRange> memory = memory_in(page, table, state);
  if (!memory) return std::nullopt;
  const PageCompute& compute = *compute_in(page, table, state);
  const ByteRange driver = share_of(device.driver, compute);
  PageRow row{&device, memory->high + driver.high, device.usable, Verdict::kTooBig, std::nullopt};
  row.verdict = verdict_of(row.required, device.most);
  if (device.pool) {
    const Bytes pooled = row.required + compute.pooled;
    row.verdict = std::max(row.verdict, verdict_of(pooled, device.most_of_pool));
    if (fullness(pooled, *device.pool) > fullness(row.required, row.usable)) {
      row.required = pooled;
      row.usable = *device.pool;
    }
  }
  if (device.speed && memory->value + driver.value <= device.speed_limit)
    row.decode = device.speed->decode[state.quantization];
  return row;
}

int owner_tier(const Device& device) {
  if (device.segment == "consumer" || device.segment == "laptop") return 0;
  return device.segment == "workstation" ? 1 : 2;
}

std::vector<PageRow> rows_that_run(const ModelPage& page, DeviceClass device_class, const PageState& state) {
  std::vector<PageRow> rows;
  for (const PageDevice& device : page.devices) {
    if (device.device->device_class != device_class) continue;
    const std::optional<PageRow> row = row_of(page, device, state);
    if (row && row->verdict < Verdict::kPartial) rows.push_back(*row);
  }
  const auto rank = [](const PageRow& row) {
    const double speed = row.decode ? row.decode->value.value() : 0;
    return std::tuple(owner_tier(*row.device->device), row.verdict, -speed);
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const PageRow& a, const PageRow& b) { return rank(a) < rank(b); });
  return rows;
}

PageState recommended_state(const ModelPage& page) {
  PageState state = first_state(page);
  const auto& rows = page.choices.quantizations;
  const auto place = std::find_if(rows.begin(), rows.end(), [](const Quantization* row) { return row->recommended; });
  if (place != rows.end()) state.quantization = static_cast<std::size_t>(place - rows.begin());
  return state;
}

}  // namespace lfmfit
