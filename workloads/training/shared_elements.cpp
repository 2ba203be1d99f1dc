#include "workloads/training/shared_elements.h"

#include <algorithm>

#include "workloads/graph/initializer_source.h"

namespace mho::workloads {

SharedElements::SharedElements(const Network& network) {
  for_each_tensor(network, [&](const std::string&, const auto&, const InitializerSource& origin, const auto*) {
    if (!origin.known()) return;
    Uses& uses = uses_[origin.initialiser];
    for (const std::int64_t element : origin.element) {
      if (element < 0) continue;
      const auto e = static_cast<std::size_t>(element);
      if (e >= uses.once.size()) {
        uses.once.resize(e + 1);
        uses.twice.resize(e + 1);
      }
      uses.twice[e] = uses.once[e];
      uses.once[e] = true;
    }
  });
}

bool SharedElements::is_single(const InitializerSource& origin) const {
  if (!origin.known()) return false;
  const std::vector<bool>& others = uses_.at(origin.initialiser).twice;
  return std::ranges::none_of(origin.element, [&](std::int64_t e) { return e >= 0 && others[static_cast<std::size_t>(e)]; });
}

}  // namespace mho::workloads
