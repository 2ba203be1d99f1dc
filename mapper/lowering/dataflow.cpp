#include "mapper/lowering/dataflow.h"

#include <stdexcept>

namespace mho::mapper {

namespace {

template <typename Element>
Elements made(int positions, int channels, Element element) {
  auto all = std::make_shared<std::vector<std::int32_t>>();
  all->reserve(static_cast<std::size_t>(positions) * static_cast<std::size_t>(channels));
  for (int p = 0; p < positions; ++p) {
    for (int c = 0; c < channels; ++c) all->push_back(static_cast<std::int32_t>(element(p, c)));
  }
  return all;
}

workloads::Shape steps_of(const workloads::Shape& shape) {
  workloads::Shape steps(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) steps[i - 1] = steps[i] * shape[i];
  return steps;
}

}  // namespace

Elements channel_major(int positions, int channels) {
  return made(positions, channels, [=](int p, int c) { return c * positions + p; });
}

Elements position_major(int positions, int channels) {
  return made(positions, channels, [=](int p, int c) { return p * channels + c; });
}

Elements product_order(int positions, int outputs, int inner) {
  return made(positions, outputs, [=](int k, int j) { return (k / inner * outputs + j) * inner + k % inner; });
}

Elements backwards(int steps, int values) {
  return made(steps, values, [=](int k, int v) { return (steps - 1 - k) * values + v; });
}

Elements transposed(const Elements& elements, const workloads::Shape& from, const std::vector<std::int64_t>& axes) {
  if (!elements) return nullptr;
  const workloads::Shape steps = steps_of(from);
  workloads::Shape to;
  for (const std::int64_t axis : axes) to.push_back(from[static_cast<std::size_t>(axis)]);
  const workloads::Shape to_steps = steps_of(to);
  auto moved = std::make_shared<std::vector<std::int32_t>>(elements->size());
  for (std::size_t i = 0; i < elements->size(); ++i) {
    std::int64_t at = 0;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      const auto axis = static_cast<std::size_t>(axes[a]);
      at += (*elements)[i] / steps[axis] % from[axis] * to_steps[a];
    }
    (*moved)[i] = static_cast<std::int32_t>(at);
  }
  return moved;
}

Elements picked(const Elements& elements, int channels, int begin, int end, const workloads::Shape& from, int axis) {
  if (!elements) return nullptr;
  const std::int64_t inner = steps_of(from)[static_cast<std::size_t>(axis)], length = from[static_cast<std::size_t>(axis)];
  auto some = std::make_shared<std::vector<std::int32_t>>();
  for (std::size_t p = 0; p < elements->size() / static_cast<std::size_t>(channels); ++p) {
    for (int c = begin; c < end; ++c) {
      const std::int64_t element = (*elements)[p * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)];
      const std::int64_t place = element / inner % length, outer = element / inner / length;
      if (place < begin || place >= end) throw std::logic_error("a run of channels is not the run of places that a node picks");
      some->push_back(static_cast<std::int32_t>((outer * (end - begin) + place - begin) * inner + element % inner));
    }
  }
  return some;
}

}  // namespace mho::mapper
