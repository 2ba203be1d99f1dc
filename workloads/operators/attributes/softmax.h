#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

struct Softmax {
  enum class Kind {
    plain,
    logarithm,
    hard,  ///< 1 at the first maximum of each row, else 0
  } kind = Kind::plain;
  std::vector<std::int64_t> axes;  ///< adjacent axes that form one row
};

}  // namespace mho::workloads
