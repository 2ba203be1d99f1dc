#include "workloads/onnx/onnx_tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "base/error.h"

namespace mho::workloads {
namespace {

using Type = onnx::TensorProto;

std::size_t width_of(int data_type) {
  switch (data_type) {
    case Type::FLOAT:
    case Type::INT32:
    case Type::UINT32:
      return 4;
    case Type::DOUBLE:
    case Type::INT64:
    case Type::UINT64:
      return 8;
    case Type::FLOAT16:
    case Type::BFLOAT16:
    case Type::INT16:
    case Type::UINT16:
      return 2;
    case Type::INT8:
    case Type::UINT8:
    case Type::BOOL:
      return 1;
    default:
      return 0;
  }
}

/// IEEE 754 binary16 to binary32, exact.
float from_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1FU, fraction = half & 0x3FFU;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | (wide << 23U) | (fraction << 13U));
}

/// Rounds to the nearest binary16, ties to even.
std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
  const float magnitude = std::abs(value);
  // The sum with 0.5 is rounded to a multiple of 2^-24, the step of subnormal binary16 numbers. Its low bits are the fraction.
  if (magnitude < 0x1p-14F) return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(magnitude + 0.5F) & 0x7FFU));
  constexpr float overflow = 65520.0F;
  if (magnitude >= overflow) return static_cast<std::uint16_t>(sign | 0x7C00U);
  const std::uint32_t rounded = (bits & 0x7FFFFFFFU) + 0xFFFU + ((bits >> 13U) & 1U);
  return static_cast<std::uint16_t>(sign | ((rounded >> 13U) - (112U << 10U)));
}

std::uint16_t to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

std::uint64_t to_bits(int data_type, float value) {
  switch (data_type) {
    case Type::DOUBLE:
      return std::bit_cast<std::uint64_t>(static_cast<double>(value));
    case Type::FLOAT16:
      return to_half(value);
    case Type::BFLOAT16:
      return to_bfloat(value);
    default:
      return std::bit_cast<std::uint32_t>(value);
  }
}

/// Reads an integer stored least significant byte first, as raw_data is on every machine.
std::uint64_t word(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

float from_bits(int data_type, std::uint64_t bits) {
  switch (data_type) {
    case Type::FLOAT:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    case Type::DOUBLE:
      return static_cast<float>(std::bit_cast<double>(bits));
    case Type::FLOAT16:
      return from_half(static_cast<std::uint16_t>(bits));
    case Type::BFLOAT16:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
    case Type::INT64:
      return static_cast<float>(static_cast<std::int64_t>(bits));
    case Type::INT32:
      return static_cast<float>(static_cast<std::int32_t>(bits));
    case Type::INT16:
      return static_cast<float>(static_cast<std::int16_t>(bits));
    case Type::INT8:
      return static_cast<float>(static_cast<std::int8_t>(bits));
    default:
      return static_cast<float>(bits);  // unsigned
  }
}

void put_word(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bytes[at + i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

std::size_t data_size(const onnx::TensorProto& tensor, const std::string& where) {
  return static_cast<std::size_t>(element_count(read_shape(tensor, where))) * element_bytes(tensor.data_type());
}

}  // namespace

DataPlace external_place(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder) {
  const std::size_t wanted = data_size(tensor, where);
  namespace fs = std::filesystem;
  std::string location;
  std::size_t offset = 0;
  std::optional<std::size_t> length;
  const auto number = [&](const std::string& text, const char* key) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw base::UserError(fmt::format("{}: its external data say {} '{}', which is no number of bytes; the file is damaged", where, key, text));
    }
    return value;
  };
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = number(entry.value(), "offset");
    if (entry.key() == "length") length = number(entry.value(), "length");
  }
  if (folder.empty()) throw base::UserError(where + ": its values lie in another file (external data), but this network was not read from a folder");
  std::error_code error;
  const fs::path root = fs::weakly_canonical(folder, error), path = fs::weakly_canonical(root / location, error);
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  if (location.empty() || fs::path(location).is_absolute() || end != root.end()) {
    throw base::UserError(fmt::format(
        "{}: its values lie in '{}', outside the folder of the network; external data are read from beside or below the network's file alone", where,
        location));
  }
  if (length && *length != wanted) {
    throw base::UserError(fmt::format("{}: its external data have {} bytes where its shape needs {}; the file is damaged", where, *length, wanted));
  }
  DataPlace place{path.string(), offset, !fs::exists(path, error)};
  if (place.missing) return place;
  const auto size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
  if (error || size < wanted || offset > size - wanted) {
    throw base::UserError(fmt::format("{}: its values lie in '{}' ({} bytes from byte {} on), but that file {}; copy it beside the network's file",
                                      where, location, wanted, offset, size == 0 ? "cannot be read" : fmt::format("has {} bytes", size)));
  }
  return place;
}

namespace {

/// The bytes of a tensor stored in another file, which must be in `folder`.
std::string external_bytes(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder, const base::InputLimit& limit) {
  const DataPlace place = external_place(tensor, where, folder);
  if (place.missing) {
    throw base::UserError(fmt::format(
        "{}: its values lie in '{}', but that file cannot be read; copy it beside the network's file. Samples cannot be computed without the "
        "weights; `mho simulate` without data and `mho network` take a network whose weights are absent",
        where, std::filesystem::path(place.path).filename().string()));
  }
  limit.take(data_size(tensor, where), place.path);
  std::string bytes(data_size(tensor, where), '\0');
  std::ifstream file(place.path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place.offset));
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw base::UserError(fmt::format("{}: its external data '{}' cannot be read", where, place.path));
  return bytes;
}

}  // namespace

std::size_t element_bytes(int data_type) { return width_of(data_type); }

bool is_external(const onnx::TensorProto& tensor) { return tensor.has_data_location() && tensor.data_location() == onnx::TensorProto::EXTERNAL; }

bool is_whole(int data_type) {
  switch (data_type) {
    case Type::INT64:
    case Type::INT32:
    case Type::INT16:
    case Type::INT8:
    case Type::UINT64:
    case Type::UINT32:
    case Type::UINT16:
    case Type::UINT8:
      return true;
    default:
      return false;
  }
}

bool is_real(int data_type) {
  return data_type == Type::FLOAT || data_type == Type::DOUBLE || data_type == Type::FLOAT16 || data_type == Type::BFLOAT16;
}

std::optional<std::pair<float, float>> quantized_range(int data_type) {
  switch (data_type) {
    case uint8_type:
      return std::pair(0.0F, 255.0F);
    case int8_type:
      return std::pair(-128.0F, 127.0F);
    case uint16_type:
      return std::pair(0.0F, 65535.0F);
    case int16_type:
      return std::pair(-32768.0F, 32767.0F);
    default:
      return std::nullopt;
  }
}

std::string type_name(int data_type) {
  // Types that the installed library does not know.
  static const std::map<int, std::string> newer{{17, "float8e4m3fn"}, {18, "float8e4m3fnuz"}, {19, "float8e5m2"}, {20, "float8e5m2fnuz"},
                                                {21, "uint4"},        {22, "int4"},           {23, "float4e2m1"}};
  if (const auto found = newer.find(data_type); found != newer.end()) return found->second;
  if (!onnx::TensorProto::DataType_IsValid(data_type)) return fmt::format("type {}", data_type);
  std::string name = onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(data_type));
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

Shape read_shape(const onnx::TensorProto& tensor, const std::string& where) {
  Shape shape;
  std::int64_t count = 1;
  for (const std::int64_t length : tensor.dims()) {
    shape.push_back(length);
    if (length < 0) throw base::UserError(fmt::format("{}: shape {} has a negative length; the file is damaged", where, shape_text(shape)));
    if (length != 0 && count > largest_tensor / length) {
      throw base::UserError(fmt::format("{}: more than {} elements, the most one tensor may have", where, largest_tensor));
    }
    count *= length;
  }
  return shape;
}

std::vector<float> numbers_of(const std::string& raw, int type, std::size_t elements) {
  const std::size_t width = element_bytes(type);
  std::vector<float> data(elements);
  if (type == Type::FLOAT && std::endian::native == std::endian::little) {
    if (elements != 0) std::memcpy(data.data(), raw.data(), raw.size());
  } else {
    for (std::size_t i = 0; i < elements; ++i) data[i] = from_bits(type, word(raw.data() + i * width, width));
  }
  return data;
}

namespace {

template <class Values, class Convert>
std::vector<float> converted(const Values& values, const Convert& convert) {
  std::vector<float> data;
  data.reserve(static_cast<std::size_t>(values.size()));
  for (const auto value : values) data.push_back(convert(value));
  return data;
}

/// Reads the field that belongs to the tensor's element type.
std::vector<float> from_typed(const onnx::TensorProto& tensor) {
  const int type = tensor.data_type();
  switch (type) {
    case Type::FLOAT:
      return converted(tensor.float_data(), [](float v) { return v; });
    case Type::DOUBLE:
      return converted(tensor.double_data(), [](double v) { return static_cast<float>(v); });
    case Type::INT64:
      return converted(tensor.int64_data(), [](std::int64_t v) { return static_cast<float>(v); });
    case Type::UINT32:
    case Type::UINT64:
      return converted(tensor.uint64_data(), [](std::uint64_t v) { return static_cast<float>(v); });
    case Type::FLOAT16:
    case Type::BFLOAT16:
      return converted(tensor.int32_data(), [&](std::int32_t v) { return from_bits(type, static_cast<std::uint16_t>(v)); });
    default:
      return converted(tensor.int32_data(), [](std::int32_t v) { return static_cast<float>(v); });
  }
}

}  // namespace

OnnxTensor read_tensor(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder, const base::InputLimit& limit) {
  OnnxTensor result{read_shape(tensor, where), {}};
  const int type = tensor.data_type();
  const std::size_t width = element_bytes(type);
  if (width == 0) {
    throw base::UserError(
        fmt::format("{}: element type {} is not supported; supported are float, double, float16, bfloat16, int64, int32, int16, int8, uint64, "
                    "uint32, uint16, uint8 and bool",
                    where, type_name(type)));
  }
  const auto expect = [&](std::size_t found, std::size_t wanted, const char* what) {
    if (found == wanted) return;
    throw base::UserError(fmt::format("{}: shape {} of {} needs {} {}, but the file holds {}; the file is damaged", where, shape_text(result.shape),
                                      type_name(type), wanted, what, found));
  };
  const auto elements = static_cast<std::size_t>(element_count(result.shape));
  const bool external = is_external(tensor);
  if (!external && !tensor.has_raw_data()) {
    result.data = from_typed(tensor);
    expect(result.data.size(), elements, "values");
    return result;
  }
  const std::string read = external ? external_bytes(tensor, where, folder, limit) : std::string();
  const std::string& raw = external ? read : tensor.raw_data();
  expect(raw.size(), elements * width, "bytes");
  result.data = numbers_of(raw, type, elements);
  return result;
}

std::size_t data_bytes(const onnx::TensorProto& tensor) {
  std::size_t bytes = element_bytes(tensor.data_type());
  for (const std::int64_t length : tensor.dims()) bytes *= static_cast<std::size_t>(length);
  return bytes;
}

void take_inside(onnx::TensorProto& tensor, const std::string& where, const std::string& folder) {
  if (!tensor.has_data_location() || tensor.data_location() != onnx::TensorProto::EXTERNAL) return;
  tensor.set_raw_data(external_bytes(tensor, where, folder, base::InputLimit()));
  tensor.clear_external_data();
  tensor.clear_data_location();
}

void replace_elements(onnx::TensorProto& tensor, const std::vector<float>& before, const std::vector<float>& after, const std::string& where,
                      const std::string& folder) {
  take_inside(tensor, where, folder);
  const int type = tensor.data_type();
  const std::size_t width = element_bytes(type);
  std::string bytes;
  if (tensor.has_raw_data()) {
    bytes = tensor.raw_data();
  } else {
    bytes.resize(after.size() * width);
    for (std::size_t i = 0; i < after.size(); ++i) {
      const auto at = static_cast<int>(i);
      const std::uint64_t word = type == Type::FLOAT    ? to_bits(type, tensor.float_data(at))
                                 : type == Type::DOUBLE ? std::bit_cast<std::uint64_t>(tensor.double_data(at))
                                                        : static_cast<std::uint16_t>(tensor.int32_data(at));
      put_word(bytes, i * width, word, width);
    }
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(before[i]) == std::bit_cast<std::uint32_t>(after[i])) continue;
    const std::uint64_t bits = to_bits(type, after[i]);
    if (!std::isfinite(after[i]) || !std::isfinite(from_bits(type, bits))) {
      throw base::UserError(fmt::format("{}: {} cannot be written as {}", where, after[i], type_name(type)));
    }
    put_word(bytes, i * width, bits, width);
  }
  tensor.clear_float_data();
  tensor.clear_double_data();
  tensor.clear_int32_data();
  tensor.set_raw_data(std::move(bytes));
}

}  // namespace mho::workloads
