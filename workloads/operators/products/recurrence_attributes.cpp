#include "workloads/operators/products/recurrence_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace mho::workloads {

namespace {

using periphery::digital::Activation;
using periphery::digital::Function;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

struct KnownActivation {
  Activation defaults;
  bool takes_alpha = false, takes_beta = false;
};

const std::map<std::string, KnownActivation>& known_activations() {
  static const std::map<std::string, KnownActivation> known{{"affine", {{Function::affine, 1.0F, 0.0F}, true, true}},
                                                            {"elu", {{Function::elu, 1.0F, 0.0F}, true, false}},
                                                            {"hardsigmoid", {{Function::hard_sigmoid, 0.2F, 0.5F}, true, true}},
                                                            {"leakyrelu", {{Function::leaky_relu, 0.01F, 0.0F}, true, false}},
                                                            {"relu", {{Function::relu, 0.0F, 0.0F}, false, false}},
                                                            {"scaledtanh", {{Function::scaled_tanh, 1.0F, 1.0F}, true, true}},
                                                            {"sigmoid", {{Function::sigmoid, 0.0F, 0.0F}, false, false}},
                                                            {"softplus", {{Function::softplus, 0.0F, 0.0F}, false, false}},
                                                            {"softsign", {{Function::softsign, 0.0F, 0.0F}, false, false}},
                                                            {"tanh", {{Function::tanh, 0.0F, 0.0F}, false, false}},
                                                            {"thresholdedrelu", {{Function::thresholded_relu, 1.0F, 0.0F}, true, false}}};
  return known;
}

/// Activations of all directions, in order. Each activation that has constants takes the next ones of the lists.
std::vector<Activation> activations_of(const OnnxNode& node, const RecurrentKind& kind, int directions) {
  std::vector<std::string> names = node.texts("activations");
  const std::size_t wanted = kind.activations.size() * static_cast<std::size_t>(directions);
  for (std::size_t i = 0; names.size() < wanted && (i > 0 || names.empty()); ++i) names.push_back(kind.activations[i % kind.activations.size()]);
  if (names.size() != wanted) node.fail(fmt::format("attribute 'activations' has {} entries where {} are needed", names.size(), wanted));
  const std::vector<float> alphas = node.reals("activation_alpha"), betas = node.reals("activation_beta");
  std::vector<Activation> result;
  std::size_t alpha = 0, beta = 0;
  for (const std::string& name : names) {
    const auto found = known_activations().find(lower(name));
    if (found == known_activations().end()) {
      std::string list;
      for (const auto& [known, unused] : known_activations()) list += (list.empty() ? "" : ", ") + known;
      node.fail(fmt::format("activation '{}' is not supported; supported are {}", name, list));
    }
    Activation activation = found->second.defaults;
    if (found->second.takes_alpha && alpha < alphas.size()) activation.alpha = alphas[alpha++];
    if (found->second.takes_beta && beta < betas.size()) activation.beta = betas[beta++];
    result.push_back(activation);
  }
  return result;
}

}  // namespace

const RecurrentKind& recurrent_kind(const OnnxNode& node) {
  static const std::map<std::string, RecurrentKind> kinds{{"LSTM", {Recurrence::Kind::lstm, 4, {"Sigmoid", "Tanh", "Tanh"}}},
                                                          {"GRU", {Recurrence::Kind::gru, 3, {"Sigmoid", "Tanh"}}},
                                                          {"RNN", {Recurrence::Kind::rnn, 1, {"Tanh"}}}};
  return kinds.at(node.op_type());
}

Recurrence recurrence_of(const OnnxNode& node, const RecurrentKind& kind, int index, int count) {
  Recurrence result;
  result.kind = kind.kind;
  const std::string direction = node.text("direction", "forward");
  result.reverse = direction == "reverse" || index == 1;
  result.couples_forget = kind.kind == Recurrence::Kind::lstm && node.integer("input_forget", 0) != 0;
  result.linear_before_reset = kind.kind == Recurrence::Kind::gru && node.integer("linear_before_reset", 0) != 0;
  result.clip = node.real("clip", 0.0F);
  if (!(result.clip >= 0.0F)) node.fail(fmt::format("clip {} is not usable; a number from 0 on is (0: none)", result.clip));
  const auto all = activations_of(node, kind, count);
  const auto each = static_cast<std::ptrdiff_t>(kind.activations.size());
  result.activations.assign(all.begin() + index * each, all.begin() + (index + 1) * each);
  return result;
}

}  // namespace mho::workloads
