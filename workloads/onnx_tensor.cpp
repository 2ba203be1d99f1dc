#include "workloads/onnx_tensor.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <map>

#include "base/error.h"

namespace mho::workloads {
namespace {

using Type = onnx::TensorProto;

std::size_t bytes_of(int data_type) {
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

/// Least significant byte first, as raw_data is on every machine.
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
      return static_cast<float>(bits);  // without a sign
  }
}

}  // namespace

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

std::string type_name(int data_type) {
  // Newer than the library.
  static const std::map<int, std::string> newer{{17, "float8e4m3fn"}, {18, "float8e4m3fnuz"}, {19, "float8e5m2"}, {20, "float8e5m2fnuz"},
                                                {21, "uint4"},        {22, "int4"},           {23, "float4e2m1"}};
  if (const auto found = newer.find(data_type); found != newer.end()) return found->second;
  if (!onnx::TensorProto::DataType_IsValid(data_type)) return fmt::format("type {}", data_type);
  std::string name = onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(data_type));
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

OnnxTensor read_tensor(const onnx::TensorProto& tensor, const std::string& where) {
  OnnxTensor result;
  std::int64_t count = 1;
  for (const std::int64_t length : tensor.dims()) {
    result.shape.push_back(length);
    if (length < 0) throw base::UserError(fmt::format("{}: shape {} has a negative length; the file is damaged", where, shape_text(result.shape)));
    if (length != 0 && count > largest_tensor / length) {
      throw base::UserError(fmt::format("{}: more than {} elements, the most one tensor may have", where, largest_tensor));
    }
    count *= length;
  }
  const int type = tensor.data_type();
  const std::size_t width = bytes_of(type);
  if (width == 0) {
    throw base::UserError(
        fmt::format("{}: element type {} is not supported; supported are float, double, float16, bfloat16, int64, int32, int16, int8, uint64, "
                    "uint32, uint16, uint8 and bool",
                    where, type_name(type)));
  }
  if (tensor.has_data_location() && tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    throw base::UserError(where +
                          ": its values lie in another file (external data), which is not supported; export the network with all weights inside");
  }
  const auto expect = [&](std::size_t found, std::size_t wanted, const char* what) {
    if (found == wanted) return;
    throw base::UserError(fmt::format("{}: shape {} of {} needs {} {}, but the file holds {}; the file is damaged", where, shape_text(result.shape),
                                      type_name(type), wanted, what, found));
  };
  const auto elements = static_cast<std::size_t>(count);
  if (tensor.has_raw_data()) {
    const std::string& raw = tensor.raw_data();
    expect(raw.size(), elements * width, "bytes");
    result.data.resize(elements);
    if (type == Type::FLOAT && std::endian::native == std::endian::little) {
      if (elements != 0) std::memcpy(result.data.data(), raw.data(), raw.size());
    } else {
      for (std::size_t i = 0; i < elements; ++i) result.data[i] = from_bits(type, word(raw.data() + i * width, width));
    }
    return result;
  }
  const auto typed = [&](const auto& values, auto convert) {
    expect(static_cast<std::size_t>(values.size()), elements, "values");
    result.data.reserve(elements);
    for (const auto value : values) result.data.push_back(convert(value));
  };
  switch (type) {
    case Type::FLOAT:
      typed(tensor.float_data(), [](float v) { return v; });
      break;
    case Type::DOUBLE:
      typed(tensor.double_data(), [](double v) { return static_cast<float>(v); });
      break;
    case Type::INT64:
      typed(tensor.int64_data(), [](std::int64_t v) { return static_cast<float>(v); });
      break;
    case Type::UINT32:
    case Type::UINT64:
      typed(tensor.uint64_data(), [](std::uint64_t v) { return static_cast<float>(v); });
      break;
    case Type::FLOAT16:
    case Type::BFLOAT16:
      typed(tensor.int32_data(), [&](std::int32_t v) { return from_bits(type, static_cast<std::uint16_t>(v)); });
      break;
    default:
      typed(tensor.int32_data(), [](std::int32_t v) { return static_cast<float>(v); });
      break;
  }
  return result;
}

}  // namespace mho::workloads
