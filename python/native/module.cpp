// The extension mho._native: computations of the Python module in its own process. It converts arguments; results are returned as the JSON that the
// command prints.
#include <fmt/format.h>
#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/design/shipped.h"
#include "analysis/experiment/experiment.h"
#include "analysis/report/result_json.h"
#include "analysis/store/store.h"
#include "analysis/study/mvm.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/version.h"
#include "cli/embedded.h"
#include "python/native/interruptible.h"
#include "workloads/data/dataset.h"
#include "workloads/data/shipped_data.h"

namespace py = pybind11;

namespace mho::python {

namespace {

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;

/// Runs a computation without the lock of Python, so that other threads run; Ctrl-C ends it.
template <class Compute>
auto computed(const Compute& compute) {
  const Interruptible interruptible;
  const py::gil_scoped_release others;
  return compute();
}

analysis::Design make_design(const std::optional<std::string>& base, const std::vector<std::string>& assignments,
                             const std::vector<std::string>& layers) {
  analysis::Design design = analysis::load_design(base, assignments);
  analysis::add_layer_rules(design, layers);
  return design;
}

py::object value_of(const base::Value& value) {
  return std::visit([](const auto& held) -> py::object { return py::cast(held); }, value);
}

py::dict declaration_of(const base::Declaration& declaration) {
  py::dict entry;
  entry["key"] = declaration.key;
  entry["unit"] = declaration.unit;
  entry["default"] = value_of(declaration.default_value);
  entry["legal"] = base::legal_text(declaration);
  entry["sentence"] = declaration.sentence;
  entry["source"] = declaration.source;
  return entry;
}

/// Samples and targets, read once.
struct Data {
  workloads::DataDescription description;
  [[nodiscard]] const workloads::Dataset& test() const {
    if (!description.test) throw base::UserError("these data have no test split");
    return *description.test;
  }
};

std::unique_ptr<Data> read_data(const std::string& path) {
  return computed([&] { return std::make_unique<Data>(Data{workloads::read_data(path)}); });
}

py::array_t<float> sample_of(const Data& data, std::size_t index) {
  const workloads::Dataset& test = data.test();
  if (index >= test.size()) throw py::index_error(fmt::format("sample {} of {}", index, test.size()));
  py::array_t<float> sample(test.sample_shape());
  test.load(index, {sample.mutable_data(), static_cast<std::size_t>(sample.size())});
  return sample;
}

workloads::Shape shape_of(const Data* data) { return data == nullptr ? workloads::Shape{} : data->test().sample_shape(); }

workloads::Network network_of_file(const std::string& path, const Data* data, const std::map<std::string, float>& scalars) {
  return computed([&] { return workloads::import_onnx(path, workloads::ImportOptions{.sample_shape = shape_of(data), .scalars = scalars}); });
}

workloads::Network network_of_bytes(const std::string& bytes, const std::string& name, const Data* data,
                                    const std::map<std::string, float>& scalars) {
  return computed(
      [&] { return workloads::import_onnx_bytes(bytes, name, workloads::ImportOptions{.sample_shape = shape_of(data), .scalars = scalars}); });
}

py::list matrices_of(const workloads::Network& network) {
  py::list rows;
  for (const workloads::Matrix& matrix : network.matrices) {
    py::dict row;
    row["name"] = matrix.name;
    row["outputs"] = matrix.outputs;
    row["inputs"] = matrix.inputs;
    row["groups"] = matrix.groups;
    rows.append(row);
  }
  return rows;
}

struct SequenceRequest {
  std::optional<std::string> mode;
  int tokens = 0;
  [[nodiscard]] mapper::InferenceMode inference() const {
    using Kind = mapper::InferenceMode::Kind;
    return {.kind = !mode ? Kind::whole : *mode == "decode" ? Kind::decode : Kind::prefill, .context = tokens};
  }
};

std::string estimated_chip(const analysis::Design& design, const workloads::Network& network, const Data* data,
                           const std::optional<std::size_t>& samples, std::uint64_t seed, int threads, const std::string& reference,
                           const std::optional<std::string>& mode, int tokens, const std::optional<std::string>& db, const std::string& call) {
  return computed([&] {
    analysis::ChipRunOptions options;
    options.samples = samples;
    options.seed = seed;
    options.threads = threads;
    options.mode = SequenceRequest{mode, tokens}.inference();
    options.reference = analysis::parse_reference(reference);
    options.estimated = true;
    const analysis::ChipResult result = analysis::simulate_network(design, network, data == nullptr ? nullptr : &data->description, options);
    std::int64_t id = 0;
    if (db) {
      const analysis::Stored stored =
          analysis::Store(*db).keep(design, result, analysis::SimulationInfo{.version = base::version(), .command = call, .options = options});
      stored.check();
      id = stored.id;
    }
    return analysis::chip_json(design, result, id).dump();
  });
}

std::string estimated_run(const analysis::Design& design, const workloads::Network& network, const Data& data, const std::vector<double>& times_s,
                          int repeats, const std::optional<std::size_t>& samples, std::uint64_t seed, int threads, const std::string& reference,
                          double yield_threshold, const std::optional<std::string>& db, const std::string& call) {
  return computed([&] {
    analysis::ExperimentOptions options;
    options.times_s = times_s;
    options.repeats = repeats;
    options.samples = samples;
    options.seed = seed;
    options.threads = threads;
    options.reference = analysis::parse_reference(reference);
    options.yield_threshold = yield_threshold;
    options.estimated = true;
    const analysis::Result result = analysis::run_experiment(design, network, data.description, options);
    // The command reports the programmings that are complete; a program needs all of them, so this is an error.
    if (result.interrupted) throw base::Interrupted();
    std::int64_t id = 0;
    if (db) {
      const analysis::Stored stored =
          analysis::Store(*db).keep(design, result, analysis::RunInfo{.version = base::version(), .command = call, .options = options});
      stored.check();
      id = stored.id;
    }
    return analysis::result_json(design, result, id).dump();
  });
}

analysis::Matrix matrix_of(const Doubles& array, const char* name) {
  if (array.ndim() != 2 || array.size() == 0) {
    throw base::UserError(fmt::format("{} have {} axes and {} numbers; two axes are needed, rows and columns", name, array.ndim(), array.size()));
  }
  const std::vector<double> values(array.data(), array.data() + array.size());
  const auto single = [](double value) { return std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()); };
  if (const auto bad = std::ranges::find_if_not(values, single); bad != values.end()) {
    const auto place = bad - values.begin();
    throw base::UserError(fmt::format("{}[{}, {}] is {}, which 32 bits do not hold", name, place / array.shape(1), place % array.shape(1), *bad));
  }
  return {name, static_cast<std::size_t>(array.shape(0)), static_cast<std::size_t>(array.shape(1)), values};
}

py::array_t<float> products(const analysis::Design& design, const Doubles& weights, const Doubles& vectors, int reads, bool program, double time_s,
                            std::uint64_t seed, int threads) {
  const analysis::Matrix matrix = matrix_of(weights, "weights"), inputs = matrix_of(vectors, "inputs");
  analysis::check_inputs(matrix, inputs);
  if (reads < 1) throw base::UserError(fmt::format("reads is {}; it counts from 1", reads));
  py::array_t<float> outputs(std::vector<py::ssize_t>{reads, static_cast<py::ssize_t>(inputs.rows), static_cast<py::ssize_t>(matrix.rows)});
  float* to = outputs.mutable_data();
  computed([&] {
    const analysis::MvmOptions options{.repeats = reads, .reprogram = program, .time_s = time_s, .seed = seed, .threads = threads};
    analysis::analog_products(design, matrix, inputs, options, [&](std::span<const float> y) { to = std::ranges::copy(y, to).out; });
  });
  return outputs;
}

py::array_t<float> exact_products(const Doubles& weights, const Doubles& vectors) {
  const analysis::Matrix matrix = matrix_of(weights, "weights"), inputs = matrix_of(vectors, "inputs");
  analysis::check_inputs(matrix, inputs);
  const std::vector<float> values = analysis::exact_products(matrix, inputs);
  py::array_t<float> outputs(std::vector<py::ssize_t>{static_cast<py::ssize_t>(inputs.rows), static_cast<py::ssize_t>(matrix.rows)});
  std::ranges::copy(values, outputs.mutable_data());
  return outputs;
}

void bind_designs(py::module_& module) {
  py::class_<analysis::Design>(module, "Design")
      .def(py::init(&make_design), py::arg("base"), py::arg("assignments"), py::arg("layers"))
      .def_readonly("name", &analysis::Design::name)
      .def_property_readonly("hash", &analysis::Design::hash)
      .def("text", &analysis::Design::text)
      .def("json", &analysis::Design::json)
      .def("value", [](const analysis::Design& design, const std::string& key) { return value_of(design.config.value(key)); });
  module.def("declarations", [] {
    py::list rows;
    for (const base::Declaration& declaration : analysis::all_declarations()) rows.append(declaration_of(declaration));
    return rows;
  });
  module.def("designs", [] {
    std::vector<std::string> names;
    for (const analysis::ShippedDesign& design : analysis::shipped_designs()) names.push_back(analysis::name_of(design));
    return names;
  });
  module.def("data_names", &workloads::data_names);
}

void bind_networks(py::module_& module) {
  py::class_<Data>(module, "Data")
      .def(py::init(&read_data), py::arg("path"))
      .def_property_readonly("name", [](const Data& data) { return data.test().name(); })
      .def_property_readonly("hash", [](const Data& data) { return data.test().hash(); })
      .def_property_readonly("size", [](const Data& data) { return data.test().size(); })
      .def_property_readonly("sample_shape", [](const Data& data) { return data.test().sample_shape(); })
      .def("sample", &sample_of, py::arg("index"))
      .def("label", [](const Data& data, std::size_t index) {
        if (index >= data.test().size()) throw py::index_error(fmt::format("sample {} of {}", index, data.test().size()));
        return data.test().label(index);
      });
  py::class_<workloads::Network>(module, "Network")
      .def_static("from_file", &network_of_file, py::arg("path"), py::arg("data"), py::arg("scalars"))
      .def_static(
          "from_bytes",
          [](const py::bytes& bytes, const std::string& name, const Data* data, const std::map<std::string, float>& scalars) {
            return network_of_bytes(std::string(bytes), name, data, scalars);
          },
          py::arg("bytes"), py::arg("name"), py::arg("data"), py::arg("scalars"))
      .def_readonly("name", &workloads::Network::name)
      .def_readonly("hash", &workloads::Network::hash)
      .def_property_readonly("weights", &workloads::Network::weights)
      .def_property_readonly("macs", &workloads::Network::macs)
      .def("matrices", &matrices_of);
  module.def("default_network_bytes", [] {
    const std::string_view bytes = cli::default_network_bytes();
    return py::bytes(bytes.data(), bytes.size());
  });
}

void bind_computations(py::module_& module) {
  module.def("estimate", &estimated_chip, py::arg("design"), py::arg("network"), py::arg("data"), py::arg("samples"), py::arg("seed"),
             py::arg("threads"), py::arg("reference"), py::arg("mode"), py::arg("tokens"), py::arg("db"), py::arg("call"));
  module.def("run", &estimated_run, py::arg("design"), py::arg("network"), py::arg("data"), py::arg("times_s"), py::arg("repeats"),
             py::arg("samples"), py::arg("seed"), py::arg("threads"), py::arg("reference"), py::arg("yield_threshold"), py::arg("db"),
             py::arg("call"));
  module.def("products", &products, py::arg("design"), py::arg("weights"), py::arg("inputs"), py::arg("reads"), py::arg("program"), py::arg("time_s"),
             py::arg("seed"), py::arg("threads"));
  module.def("exact_products", &exact_products, py::arg("weights"), py::arg("inputs"));
  module.def("parse_seconds", [](const std::string& text) { return base::parse_duration_seconds(text); });
  module.def("listen", [](const std::optional<std::function<void(const std::string&)>>& listener) {
    if (!listener) return base::listen_to_progress({});
    base::listen_to_progress([listener = *listener](const std::string& line) {
      const py::gil_scoped_acquire python;
      try {
        listener(line);
      } catch (py::error_already_set& error) {
        error.discard_as_unraisable("progress");  // an error in the display of progress must not end the computation
      }
    });
  });
}

}  // namespace

}  // namespace mho::python

PYBIND11_MODULE(_native, module) {
  module.doc() = "What mho computes in the process of Python; use the module mho.";
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const mho::base::UserError& error) {
      const py::object made = py::module_::import("mho._errors").attr("error")(std::string(error.what()), static_cast<int>(error.code()));
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
    }
  });
  module.def("version", &mho::base::version);
  mho::python::bind_designs(module);
  mho::python::bind_networks(module);
  mho::python::bind_computations(module);
}
