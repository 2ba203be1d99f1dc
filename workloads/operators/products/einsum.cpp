// Einsum as a matrix product. Each operand is ordered as the common letters of the result, its own letters, then the summed letters (second operand:
// summed letters before its own).
#include "workloads/operators/products/einsum.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <ranges>
#include <string>

#include "workloads/operators/products/matrix_products.h"
#include "workloads/operators/rows/reduction.h"
#include "workloads/operators/shapes/movement.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

/// Axes are named by letters. The axes of an ellipsis are named by digits, counted from the last one.
struct Equation {
  std::vector<std::string> terms;
  std::string result;
};

std::string expanded(const OnnxNode& node, const std::string& term, std::size_t hidden) {
  const auto dots = term.find("...");
  std::string axes;
  for (std::size_t i = hidden; i-- > 0;) axes += static_cast<char>('0' + i);
  std::string letters = dots == std::string::npos ? term : term.substr(0, dots) + axes + term.substr(dots + 3);
  for (const char letter : letters) {
    const bool legal = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    if (!legal) node.fail(fmt::format("equation term '{}'; letters and one '...' are legal", term));
    if (std::ranges::count(letters, letter) > 1) node.fail(fmt::format("letter '{}' is repeated in '{}', which is not supported", letter, term));
  }
  return letters;
}

Equation parse(const OnnxNode& node, std::string text, const std::vector<Shape>& shapes) {
  std::erase(text, ' ');
  const auto arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  std::vector<std::string> terms(1);
  for (const char c : left) {
    if (c == ',') {
      terms.emplace_back();
    } else {
      terms.back() += c;
    }
  }
  if (terms.size() != shapes.size()) node.fail(fmt::format("equation '{}' is for {} operands, but it has {}", text, terms.size(), shapes.size()));
  Equation equation;
  std::size_t most_hidden = 0;
  constexpr std::size_t most_axes = 10;  // largest number of axes of an ellipsis, each named by one digit
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool dots = terms[i].find("...") != std::string::npos;
    const std::size_t named = terms[i].size() - (dots ? 3 : 0), rank = shapes[i].size();
    if (dots ? rank < named || rank - named > most_axes : rank != named) {
      node.fail(fmt::format("equation term '{}' does not fit its operand of shape {}", terms[i], shape_text(shapes[i])));
    }
    most_hidden = std::max(most_hidden, rank - named);
    equation.terms.push_back(expanded(node, terms[i], rank - named));
  }
  if (arrow != std::string::npos) {
    equation.result = expanded(node, text.substr(arrow + 2), most_hidden);
  } else {
    // An implicit result has the axes of the ellipses, then the letters that occur once, in alphabetical order.
    for (std::size_t i = most_hidden; i-- > 0;) equation.result += static_cast<char>('0' + i);
    std::string once;
    for (const char c : left) {
      if (c != ',' && c != '.' && std::ranges::count(left, c) == 1) once += c;
    }
    std::ranges::sort(once);
    equation.result += once;
  }
  for (const char letter : equation.result) {
    const bool known = std::ranges::any_of(equation.terms, [&](const std::string& term) { return term.find(letter) != std::string::npos; });
    if (!known) node.fail(fmt::format("letter '{}' of the result is in no operand of equation '{}'", letter, text));
  }
  return equation;
}

bool has(const std::string& letters, char letter) { return letters.find(letter) != std::string::npos; }

std::vector<std::int64_t> permutation(const std::string& from, const std::string& to) {
  std::vector<std::int64_t> axes;
  for (const char letter : to) axes.push_back(static_cast<std::int64_t>(from.find(letter)));
  return axes;
}

/// Import of one operator, step by step.
class Einsum {
 public:
  Einsum(OnnxBuilder& graph, const OnnxNode& node) : graph_(graph), node_(node) {}

  void add() {
    const int count = node_.input_count();
    if (count < 1 || count > 2) node_.fail(fmt::format("it has {} operands; one or two are supported", count));
    std::vector<int> operands;
    operands.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) operands.push_back(graph_.input(node_, i));
    add(std::move(operands), node_.text("equation", ""));
  }

  void add(std::vector<int> operands, const std::string& text) {
    operands_ = std::move(operands);
    const std::size_t count = operands_.size();
    std::vector<Shape> shapes;
    for (const int operand : operands_) shapes.push_back(graph_.value(operand).shape);
    Equation equation = parse(node_, text, shapes);
    terms_ = std::move(equation.terms);
    result_ = std::move(equation.result);
    measure(shapes);
    sum_alone();
    if (count == 1) {
      return conclude(graph_, node_, transpose_step(graph_, node_, operands_[0], permutation(terms_[0], result_), step_));
    }
    sum_repeated();
    multiply();
  }

 private:
  /// Length of each letter. Fails if operands differ, or if samples of the batch would be mixed.
  void measure(const std::vector<Shape>& shapes) {
    std::string batch;  // letter of axis 0 of an activation, if its length is 1
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      for (std::size_t k = 0; k < terms_[i].size(); ++k) {
        const char letter = terms_[i][k];
        std::int64_t& length = lengths_.try_emplace(letter, 1).first->second;
        const std::int64_t here = shapes[i][k];
        if (length != here && length != 1 && here != 1)
          node_.fail(fmt::format("axis '{}' is {} long in one operand and {} in the other", letter, length, here));
        length = std::max(length, here);
      }
      if (graph_.value(operands_[i]).constant || terms_[i].empty() || shapes[i][0] != 1) continue;
      const char first = terms_[i][0];
      if (!has(result_, first) || (!batch.empty() && batch[0] != first)) {
        node_.fail(fmt::format(
            "axis '{}' is the batch and would be mixed, which is not supported; it must be in the result, the same for both operands", first));
      }
      batch = first;
    }
  }

  /// First sums over letters that occur in one operand only and not in the result.
  void sum_alone() {
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      std::vector<std::int64_t> axes;
      std::string kept;
      for (std::size_t k = 0; k < terms_[i].size(); ++k) {
        const char letter = terms_[i][k];
        const bool elsewhere = has(result_, letter) || (terms_.size() == 2 && has(terms_[1 - i], letter));
        if (elsewhere) {
          kept += letter;
        } else {
          axes.push_back(static_cast<std::int64_t>(k));
        }
      }
      if (!axes.empty()) operands_[i] = summed(operands_[i], axes, false);
      terms_[i] = kept;
    }
  }

  /// If one operand has length 1 along a summed axis, the sum is taken over the other operand.
  void sum_repeated() {
    for (const char letter : std::string(terms_[0])) {
      if (has(result_, letter) || !has(terms_[1], letter)) continue;
      const auto at = std::array{terms_[0].find(letter), terms_[1].find(letter)};
      const auto length = [&](std::size_t i) { return graph_.value(operands_[i]).shape[at[i]]; };
      if (length(0) == length(1)) continue;
      const std::size_t longer = length(0) > length(1) ? 0 : 1;
      operands_[longer] = summed(operands_[longer], {static_cast<std::int64_t>(at[longer])}, true);
    }
  }

  void multiply() {
    // Trained weights become the second operand.
    if (graph_.value(operands_[0]).constant && !graph_.value(operands_[1]).constant) {
      std::swap(operands_[0], operands_[1]);
      std::swap(terms_[0], terms_[1]);
    }
    const bool trained = graph_.value(operands_[1]).constant && !graph_.value(operands_[0]).constant;
    if (trained && multiply_trained()) return;
    std::string both, left, right, over;
    for (const char letter : result_) (has(terms_[0], letter) ? (has(terms_[1], letter) ? both : left) : right) += letter;
    for (const char letter : terms_[0]) {
      if (!has(result_, letter)) over += letter;
    }
    const int a = arranged(0, both, left, over), b = arranged(1, both, over, right);
    Shape out;
    for (std::size_t i = 0; i < both.size(); ++i) out.push_back(std::max(graph_.value(a).shape[i], graph_.value(b).shape[i]));
    out.push_back(graph_.value(a).shape[both.size()]);
    out.push_back(graph_.value(b).shape[both.size() + 1]);
    const int multiplied = graph_.add_step(node_, node_of(node_, matrix_product_operator, MatrixProduct{}, {a, b}), std::move(out), step_);
    Shape apart;
    const std::string order = both + left + right;
    for (const char letter : order) apart.push_back(lengths_.at(letter));
    const int split = reshape_step(graph_, node_, multiplied, std::move(apart), step_);
    conclude(graph_, node_, transpose_step(graph_, node_, split, permutation(order, result_), step_));
  }

  /// Roles of the axes in a product with trained weights.
  struct TrainedAxes {
    std::string each;    ///< axes of both: one matrix for each place
    std::string places;  ///< axes of the activation only: places that are multiplied with the same matrices
    std::string over;    ///< summed axes: inputs of the matrices
    std::string made;    ///< axes of the weights only: outputs of the matrices
  };

  [[nodiscard]] TrainedAxes trained_axes() const {
    TrainedAxes axes;
    const auto length = [&](std::size_t i, char letter) { return graph_.value(operands_[i]).shape[terms_[i].find(letter)]; };
    for (const char letter : result_) {
      const bool in_x = has(terms_[0], letter), in_weights = has(terms_[1], letter);
      // An axis that has length 1 in one operand counts as an axis of the other operand.
      if (in_x && in_weights && lengths_.at(letter) > 1 && length(0, letter) == length(1, letter)) {
        axes.each += letter;
      } else if (in_x && (!in_weights || length(1, letter) == 1)) {
        axes.places += letter;
      } else {
        axes.made += letter;
      }
    }
    for (const char letter : terms_[0]) {
      if (!has(result_, letter)) axes.over += letter;
    }
    return axes;
  }

  [[nodiscard]] std::int64_t length_of(const std::string& letters) const {
    std::int64_t count = 1;
    for (const char letter : letters) count *= lengths_.at(letter);
    return count;
  }

  /// Product with trained weights: one matrix, or one for each place of common axes as a grouped convolution with one tap. Returns false if nothing
  /// is summed, or if the axes do not allow it.
  bool multiply_trained() {
    const TrainedAxes axes = trained_axes();
    if (axes.over.empty()) return false;
    const auto& [each, places, over, made] = axes;
    const std::int64_t groups = length_of(each), outputs = length_of(made);
    std::int64_t inner = 1;
    for (const char letter : over) inner *= graph_.value(operands_[0]).shape[terms_[0].find(letter)];
    // Element-wise scaling is not a matrix product. Planes of several matrices need an axis of length 1, the batch, in front.
    if ((inner < 2 && outputs < 2) || (groups > 1 && !places.empty() && lengths_.at(places[0]) != 1)) return false;
    // Axes that belong to the other operand and have length 1 in this one are dropped here and restored in the result.
    const auto present = [&](std::size_t i, const std::string& letters) {
      std::string kept;
      for (const char letter : letters) {
        if (has(terms_[i], letter)) kept += letter;
      }
      return kept;
    };
    const std::string dropped_of_x = present(0, made), dropped_of_weights = present(1, places);
    for (const char letter : dropped_of_x) {
      if (lengths_.at(letter) > 1) graph_.keep_batch(node_, operands_[0], static_cast<std::int64_t>(terms_[0].find(letter)));
    }
    const int weights_ordered = transpose_step(graph_, node_, operands_[1], permutation(terms_[1], dropped_of_weights + each + made + over), step_);
    if (groups == 1) {
      const int x = transpose_step(graph_, node_, operands_[0], permutation(terms_[0], places + each + dropped_of_x + over), step_);
      // The rows keep an axis in front for the batch.
      Shape rows = lengths_by_letter(places + each);
      rows.push_back(inner);
      if (rows.size() < 2) rows.insert(rows.begin(), 1);
      const int rows_of_x = reshape_step(graph_, node_, x, rows, step_);
      rows.back() = outputs;
      const int product = add_trained_product(graph_, node_, rows_of_x, weights_ordered, {inner, outputs, 1}, rows);
      return finish_trained(product, places + made);
    }
    // Order: [first place axis][groups x inner][other places], so that the batch stays the first axis.
    const std::string batch = places.substr(0, 1), behind = places.empty() ? "" : places.substr(1);
    const int x = transpose_step(graph_, node_, operands_[0], permutation(terms_[0], batch + each + dropped_of_x + over + behind), step_);
    const int planes = reshape_step(graph_, node_, x, {1, groups * inner, length_of(behind)}, step_);
    const OnnxBuilder::MatrixShape matrix{groups * inner, groups * outputs, groups};
    const int product = add_trained_product(graph_, node_, planes, weights_ordered, matrix, {1, groups * outputs, length_of(behind)});
    return finish_trained(product, batch + each + made + behind);
  }

  [[nodiscard]] Shape lengths_by_letter(const std::string& letters) const {
    Shape shape;
    for (const char letter : letters) shape.push_back(lengths_.at(letter));
    return shape;
  }

  /// Separates the axes of the product and puts them in the order of the result. The product keeps the node's name.
  bool finish_trained(int product, const std::string& axes) {
    const int apart = reshape_step(graph_, node_, product, lengths_by_letter(axes), step_);
    const int last = transpose_step(graph_, node_, apart, permutation(axes, result_), step_);
    graph_.network().values[static_cast<std::size_t>(last)].name = node_.output(0);
    graph_.name_output(node_, last);
    return true;
  }

  int summed(int x, std::vector<std::int64_t> axes, bool keepdims) {
    return reduce_step(graph_, node_, periphery::digital::Reduction::sum, x, std::move(axes), keepdims, step_);
  }

  /// Operand i as matrices [second][third], one for each place of the axes `first`.
  int arranged(std::size_t i, const std::string& first, const std::string& second, const std::string& third) {
    const int ordered = transpose_step(graph_, node_, operands_[i], permutation(terms_[i], first + second + third), step_);
    const Shape& shape = graph_.value(ordered).shape;
    const auto from = [&](std::size_t begin, std::size_t end) { return static_cast<std::int64_t>(elements_between(shape, begin, end)); };
    Shape merged(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(first.size()));
    merged.push_back(from(first.size(), first.size() + second.size()));
    merged.push_back(from(first.size() + second.size(), shape.size()));
    return reshape_step(graph_, node_, ordered, std::move(merged), step_);
  }

  OnnxBuilder& graph_;
  const OnnxNode& node_;
  std::vector<int> operands_;
  std::vector<std::string> terms_;
  std::string result_;
  std::map<char, std::int64_t> lengths_;
  int step_ = 1;
};

void import_einsum(OnnxBuilder& graph, const OnnxNode& node) { Einsum(graph, node).add(); }

}  // namespace

void add_einsum(OnnxBuilder& graph, const OnnxNode& node, std::vector<int> operands, const std::string& equation) {
  Einsum(graph, node).add(std::move(operands), equation);
}

const OperatorFamily& einsum_family() {
  static const OperatorFamily family{"einsum", {}, {{.op_type = "Einsum", .import = import_einsum}}};
  return family;
}

}  // namespace mho::workloads
