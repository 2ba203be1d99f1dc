// Einsum as the product it is: each operand with the letters both keep first, then its own, then those summed over (the second: those first).
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

namespace {

/// Axes named by letters; the axes of an ellipsis, counted from the last one, by digits.
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

Equation parse(const OnnxNode& node, const std::vector<Shape>& shapes) {
  std::string text = node.text("equation", "");
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
  constexpr std::size_t most_axes = 10;  // of an ellipsis: one digit each
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
    // What is written once, in the order of the alphabet, behind what the ellipses stand for.
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

}  // namespace

void OnnxGraph::einsum(const OnnxNode& node) {
  const int count = node.proto().input_size();
  if (count < 1 || count > 2) node.fail(fmt::format("it has {} operands; one or two are supported", count));
  std::vector<int> operands;
  std::vector<Shape> shapes;
  for (int i = 0; i < count; ++i) {
    operands.push_back(input(node, i));
    shapes.push_back(value(operands.back()).shape);
  }
  auto [terms, result] = parse(node, shapes);
  std::map<char, std::int64_t> lengths;
  std::string batch;  // the letter at axis 0 of an activation of length 1
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (std::size_t k = 0; k < terms[i].size(); ++k) {
      const char letter = terms[i][k];
      std::int64_t& length = lengths.try_emplace(letter, 1).first->second;
      const std::int64_t here = shapes[i][k];
      if (length != here && length != 1 && here != 1)
        node.fail(fmt::format("axis '{}' is {} long in one operand and {} in the other", letter, length, here));
      length = std::max(length, here);
    }
    if (value(operands[i]).constant || terms[i].empty() || shapes[i][0] != 1) continue;
    const char first = terms[i][0];
    if (!has(result, first) || (!batch.empty() && batch[0] != first)) {
      node.fail(fmt::format("axis '{}' is the batch and would be mixed, which is not supported; it must be in the result, the same for both operands",
                            first));
    }
    batch = first;
  }
  int step = 1;
  // Letters of one operand alone that the result lacks are summed over first.
  for (std::size_t i = 0; i < terms.size(); ++i) {
    std::vector<std::int64_t> axes;
    std::string kept;
    for (std::size_t k = 0; k < terms[i].size(); ++k) {
      const char letter = terms[i][k];
      const bool elsewhere = has(result, letter) || (count == 2 && has(terms[1 - i], letter));
      if (elsewhere) {
        kept += letter;
      } else {
        axes.push_back(static_cast<std::int64_t>(k));
      }
    }
    if (!axes.empty()) operands[i] = reduce_step(node, periphery::digital::Reduction::sum, operands[i], axes, false, step);
    terms[i] = kept;
  }
  if (count == 1) return conclude(node, transpose_step(node, operands[0], permutation(terms[0], result), step));

  // Sums over an axis that one operand has only once for all are sums of the other one.
  for (const char letter : std::string(terms[0])) {
    if (has(result, letter) || !has(terms[1], letter)) continue;
    const auto at = std::array{terms[0].find(letter), terms[1].find(letter)};
    const auto length = [&](std::size_t i) { return value(operands[i]).shape[at[i]]; };
    if (length(0) == length(1)) continue;
    const std::size_t longer = length(0) > length(1) ? 0 : 1;
    operands[longer] = reduce_step(node, periphery::digital::Reduction::sum, operands[longer], {static_cast<std::int64_t>(at[longer])}, true, step);
  }
  std::string both, left, right, summed;
  for (const char letter : result) (has(terms[0], letter) ? (has(terms[1], letter) ? both : left) : right) += letter;
  for (const char letter : terms[0]) {
    if (!has(result, letter)) summed += letter;
  }
  const auto arranged = [&](std::size_t i, const std::string& second, const std::string& third) {
    const int ordered = transpose_step(node, operands[i], permutation(terms[i], both + second + third), step);
    const Shape& shape = value(ordered).shape;
    const auto from = [&](std::size_t begin, std::size_t end) {
      return element_count(Shape(shape.begin() + static_cast<std::ptrdiff_t>(begin), shape.begin() + static_cast<std::ptrdiff_t>(end)));
    };
    Shape merged(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(both.size()));
    merged.push_back(from(both.size(), both.size() + second.size()));
    merged.push_back(from(both.size() + second.size(), shape.size()));
    return reshape_step(node, ordered, std::move(merged), step);
  };
  const int a = arranged(0, left, summed), b = arranged(1, summed, right);
  // Where b is constant and `both` empty this is MatMul with trained weights [summed, right]: the place from which tiles could take it over.
  Shape out;
  for (std::size_t i = 0; i < both.size(); ++i) out.push_back(std::max(value(a).shape[i], value(b).shape[i]));
  out.push_back(value(a).shape[both.size()]);
  out.push_back(value(b).shape[both.size() + 1]);
  Node product = node_of(node, {a, b});
  product.op = Operator::matmul;
  const int multiplied = add_step(node, std::move(product), std::move(out), step++);
  Shape apart;
  for (const char letter : both + left + right) apart.push_back(lengths.at(letter));
  const int split = reshape_step(node, multiplied, std::move(apart), step);
  conclude(node, transpose_step(node, split, permutation(both + left + right, result), step));
}

}  // namespace mho::workloads
