#pragma once

#include <optional>
#include <type_traits>

#include "lfmfit/error.hpp"

namespace lfmfit {

/// What `ask` returns; nothing where it is refused: a refusal is a value inside core. Errors that are no refusals of
/// one question (a file that is wrong, a name that is unknown) go on.
template <class Ask>
auto unless_refused(Ask ask) -> std::optional<std::invoke_result_t<Ask>> {
  try {
    return ask();
  } catch (const Error& error) {
    if (!is_refusal(error.kind())) throw;
    return std::nullopt;
  }
}

}  // namespace lfmfit
