#include "cli/usual_values.hpp"

namespace lfmfit::cli {

const std::vector<UsualValue>& usual_values() {
  static const std::vector<UsualValue> values = {{"LFMFIT_MODEL", "MODEL"},       {"LFMFIT_QUANT", "--quant"},
                                                 {"LFMFIT_CONTEXT", "--context"}, {"LFMFIT_ON", "--on", ';'},
                                                 {"LFMFIT_RAM", "--ram"},         {"LFMFIT_RESERVE", "--reserve"},
                                                 {"LFMFIT_BACKEND", "--backend"}, {"LFMFIT_DATA", "--data", ':'},
                                                 {"LFMFIT_COLOR", "--color"},     {"LFMFIT_WIDTH", "--width"}};
  return values;
}

}  // namespace lfmfit::cli
