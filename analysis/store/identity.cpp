#include "analysis/store/identity.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/design_file/document.h"
#include "base/json.h"

namespace mho::analysis {

std::string Label::tags_json() const {
  base::Json json{base::Json::Object{}};
  for (const auto& [key, value] : tags) json[key] = value;
  return json.dump();
}

std::string Label::inputs_json() const {
  base::Json json{base::Json::Object{}};
  if (inputs.empty()) return json.dump();
  std::error_code error;
  json["folder"] = std::filesystem::current_path(error).string();
  base::Json::Array files;
  for (const InputFile& file : inputs) {
    base::Json one;
    one["path"] = file.path;
    one["hash"] = file.hash;
    files.push_back(one);
  }
  json["files"] = files;
  return json.dump();
}

std::vector<InputFile> input_files(const std::vector<std::string>& paths) {
  std::vector<InputFile> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) files.push_back({path, base::file_hash(path)});
  }
  return files;
}

std::string machine_text() {
  constexpr std::size_t longest = 256;
  std::array<char, longest> host{};
  const bool named = gethostname(host.data(), host.size() - 1) == 0;
  std::string processor;
  std::ifstream info("/proc/cpuinfo");
  const std::string key = "model name";
  for (std::string line; processor.empty() && std::getline(info, line);) {
    if (const std::size_t colon = line.find(": "); line.starts_with(key) && colon != std::string::npos) processor = line.substr(colon + 2);
  }
  return fmt::format("{}, {}, {} threads", named ? host.data() : "unknown", processor.empty() ? "unknown processor" : processor,
                     std::thread::hardware_concurrency());
}

std::string new_uid() {
  std::random_device random;
  std::string text;
  for (int i = 0; i < 4; ++i) text += fmt::format("{:08x}", random());
  return text;
}

}  // namespace mho::analysis
