#pragma once

namespace lfmfit::ask {

/// Sets a field that nobody has set.
template <class Field, class Value>
void set_unless(Field& field, const Value& value) {
  if (!field) field = value;
}

}  // namespace lfmfit::ask
