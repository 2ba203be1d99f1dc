#include "workloads/graph/initializer_source.h"

#include <algorithm>

namespace mho::workloads {

void scale(InitializerSource& origin, float factor) {
  if (factor == 0.0F) origin = {};
  origin.factor *= factor;
  for (float& offset : origin.offset) offset *= factor;
}

void scale_rows(InitializerSource& origin, std::span<const double> factors, std::size_t row) {
  if (!origin.known()) return;
  if (origin.factors.empty()) origin.factors.assign(origin.element.size(), 1.0F);
  for (std::size_t k = 0; k < origin.element.size(); ++k) {
    const auto factor = static_cast<float>(factors[k / row]);
    if (factor == 0.0F) {
      origin.element[k] = -1;
    } else {
      origin.factors[k] *= factor;
    }
    if (!origin.offset.empty()) origin.offset[k] *= factor;
  }
}

void shift(InitializerSource& origin, std::span<const float> terms) {
  if (!origin.known()) return;
  if (origin.offset.empty()) origin.offset.assign(origin.element.size(), 0.0F);
  for (std::size_t k = 0; k < origin.offset.size(); ++k) origin.offset[k] += terms[terms.size() == 1 ? 0 : k];
}

InitializerSource sum(const InitializerSource& a, std::span<const float> a_data, const InitializerSource& b, std::span<const float> b_data,
                      std::size_t count) {
  const bool second = b.known() && b_data.size() == count;
  if (!second && (!a.known() || a_data.size() != count)) return {};
  InitializerSource result = second ? b : a;
  const auto& other = second ? a_data : b_data;
  if (!other.empty()) shift(result, other);
  return result;
}

Made made_from(const InitializerSource& origin, std::size_t k, const std::vector<float>* scale) {
  Made made{origin.factor, 0};
  if (!origin.factors.empty()) made.factor *= origin.factors[k];
  if (!origin.offset.empty()) made.offset = origin.offset[k];
  if (scale != nullptr) made.offset *= (*scale)[k];
  return made;
}

void forget_repeated(Network& network) {
  for_each_tensor(network, [](const std::string&, const auto&, InitializerSource& origin, const auto*) {
    std::vector<std::int64_t> elements = origin.element;
    std::ranges::sort(elements);
    const auto first = std::ranges::lower_bound(elements, std::int64_t{0});
    if (std::adjacent_find(first, elements.end()) != elements.end()) origin = {};
  });
}

}  // namespace mho::workloads
