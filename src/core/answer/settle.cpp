#include "core/answer/settle.hpp"

#include <algorithm>

#include "core/llamacpp/placement.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr Tokens kLeastContext{4096};   // of a sequence: --fit-ctx of llama.cpp
constexpr Bytes kMargin{1024LL << 20};  // left free on each GPU: --fit-target of llama.cpp

/// What there is, and what of each GPU is to be left free.
struct Room {
  const Capacity& capacity;
  Bytes margin;
  std::vector<Bytes> states;  ///< left free besides, on each GPU
};

/// llama.cpp compares what it plans with what is free less the margin, which is there for what it does not plan. So the
/// likely bytes must leave the margin; that the upper bound must fit is ours.
Bytes left_on(int gpu, const MemoryLedger& ledger, const Room& room) {
  const Bytes usable = room.capacity.gpus[static_cast<std::size_t>(gpu)];
  const Bytes states = room.states.empty() ? Bytes(0) : room.states[static_cast<std::size_t>(gpu)];
  return std::min(usable - ledger.total_high(gpu), usable - room.margin - states - ledger.total(gpu));
}

bool holds(const MemoryLedger& ledger, const Room& room) {
  const Fit fit = judge(ledger, room.capacity);
  return std::all_of(fit.places.begin(), fit.places.end(), [&](const PlaceFit& place) {
    const bool is_gpu = place.place >= 0 && place.usable;
    return is_gpu ? left_on(place.place, ledger, room) >= Bytes(0) : place.holds();
  });
}

/// The longest context that holds, as steps of `step`; one step where none does.
Tokens longest(Question question, const Room& room, const MemoryOf& memory) {
  const std::int64_t sequences = std::max<std::int64_t>(question.request.parallel, 1);
  const Tokens step = kCellStep * Tokens(question.request.kv_unified ? 1 : sequences);
  const Tokens limit = question.model->context_limit * sequences;
  const auto fits = [&](Tokens context) {
    question.request.context = context;
    return holds(memory(question), room);
  };
  if (fits(limit)) return limit;
  std::int64_t fitting = 1;  // steps; more than `fitting` and less than `too_many` are not known yet
  std::int64_t too_many = std::max<std::int64_t>(round_up(limit.count(), step.count()) / step.count(), 1);
  while (too_many - fitting > 1) {
    const std::int64_t middle = fitting + (too_many - fitting) / 2;
    (fits(step * middle) ? fitting : too_many) = middle;
  }
  return step * fitting;
}

/// The longest context, or where even the least does not fit and may be made to by other placing, the least.
Tokens settled_context(const Question& question, const Room& room, const MemoryOf& memory) {
  const Tokens found = longest(question, room, memory);
  if (question.request.placing == Placing::kGiven) return found;
  const Tokens least = std::min(kLeastContext, question.model->context_limit) *
                       (question.request.kv_unified ? 1 : std::max<std::int64_t>(question.request.parallel, 1));
  return std::max(found, least);
}

/// What llama.cpp's --fit takes for free: it asks the driver while it holds the states of all layers, of models that
/// keep some, and plans them again.
Room room_that_fit_sees(const Question& question, const Capacity& capacity, const MemoryOf& memory) {
  // who says how many bytes may be used has thought of what is to be left
  Room room{capacity, question.available ? Bytes(0) : kMargin, {}};
  const MemoryLedger& ledger = memory(question);
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) room.states.push_back(ledger.sum(MemoryUse::kState, gpu));
  return room;
}

std::vector<Bytes> left_on_gpus(const MemoryLedger& ledger, const Room& room) {
  std::vector<Bytes> left;
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) left.push_back(left_on(gpu, ledger, room));
  return left;
}

/// Whether what was placed differs from all layers on the GPUs, shared out by themselves.
bool moves_something(const Question& placed) {
  const Request& request = placed.request;
  return request.gpu_layers <= std::ssize(placed.model->blocks) || !request.overflows.empty() ||
         !request.tensor_split.empty();
}

}  // namespace

bool is_known(const Capacity& capacity) { return !capacity.gpus.empty() || capacity.host || capacity.pool; }

Capacity capacity_of(const Question& question) {
  Capacity capacity;
  const Device* device = question.device;
  const bool computes_on_host = question.backend != nullptr && question.backend->is_cpu;
  const auto less_reserve = [&](Bytes bytes) { return std::max(bytes - question.reserve, Bytes(0)); };
  if (device != nullptr && device->device_class == DeviceClass::kUnified && device->host_memory)
    capacity.pool = less_reserve(*device->host_memory);
  if (question.ram) {
    const MemoryPart system = device != nullptr ? device->system : MemoryPart{};
    capacity.host = *question.ram - part_of(system, *question.ram);
  } else if (device != nullptr && !capacity.pool) {
    capacity.host = device->host_memory;
  }
  if (computes_on_host) {
    if (question.available)
      capacity = {{}, less_reserve(*question.available), {}};
    else if (device != nullptr && !capacity.pool && !capacity.host)
      capacity.host = device->usable;
    if (!question.available && capacity.host) capacity.host = less_reserve(*capacity.host);
    return capacity;
  }
  for (int gpu = 0; gpu < question.request.gpu_count; ++gpu) {
    if (question.available) {
      capacity.gpus.push_back(less_reserve(*question.available));
    } else if (device != nullptr) {
      capacity.gpus.push_back(less_reserve(gpu_of(*device, gpu).usable));
    }
  }
  return capacity;
}

Tokens longest_context(const Question& question, const std::vector<Tensor>& stored, const Capacity& capacity) {
  MemoryLedger last;
  const auto memory = [&](const Question& asked) -> const MemoryLedger& {
    return last = law_of(asked).memory(asked, stored);
  };
  return longest(question, {capacity, Bytes(0), {}}, memory);
}

Request settle(const Question& question, const Capacity& capacity, const MemoryOf& memory) {
  const Room room{capacity, Bytes(0), {}};
  const bool may_be_placed = question.request.placing != Placing::kGiven && !capacity.gpus.empty();
  const Room room_of_fit = may_be_placed ? room_that_fit_sees(question, capacity, memory) : room;
  const Room& wanted = question.request.placing == Placing::kAutomatic ? room_of_fit : room;
  Question asked = question;
  if (question.longest_context) {
    if (!is_known(capacity)) {
      throw Error(ErrorKind::kBadRequest,
                  "the longest context that fits depends on the memory: name a device, or available_bytes");
    }
    asked.request.context = settled_context(question, wanted, memory);
  }
  if (question.shrinks_context && is_known(capacity) && !holds(memory(asked), wanted)) {
    const Tokens most = asked.request.context;
    asked.request.context = std::min(most, settled_context(question, wanted, memory));
  }
  if (!may_be_placed || holds(memory(asked), wanted)) return asked.request;
  // --fit looks at buffers alone; where a GPU maps a span of the file, that may be too much
  const bool may_map = asked.request.mmap && asked.backend != nullptr && asked.backend->traits.unified_memory;
  for (const bool maps : {false, true}) {
    if (maps && !may_map) break;
    Question placed = asked;
    placed.request = law_of(question).place(asked, [&](const Request& request) {
      Question here = asked;
      here.request = request;
      here.request.mmap = maps;
      return left_on_gpus(memory(here), room_of_fit);
    });
    if (holds(memory(placed), room)) return moves_something(placed) ? placed.request : asked.request;
  }
  return asked.request;
}

}  // namespace lfmfit
