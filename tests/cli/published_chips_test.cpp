// Published chips against their models: designs/*/expected.csv, the criteria, and the table of docs/validation.md.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A figure of a paper, and what the program says of it.
struct Figure {
  std::string folder, design, level, name, unit, kind, source;
  double published = 0, ours = 0;
  std::optional<double> low{}, high{};
  [[nodiscard]] double ratio() const { return ours / published; }
};

double real(const base::Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  return std::get<double>(json.value());
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

/// Key of `mho cost --json` and what its figures are multiplied by.
struct Key {
  const char* key;
  double scale;
  bool of_level;
};
const std::map<std::string, Key> keys{{"interval", {"interval_s", 1e9, false}},
                                      {"peak_tops", {"peak_tops", 1, false}},
                                      {"peak_tops_per_watt", {"peak_tops_per_watt", 1, false}},
                                      {"peak_tops_per_mm2", {"peak_tops_per_mm2", 1, false}},
                                      {"energy", {"energy_j", 1e9, true}},
                                      {"leakage", {"leakage_w", 1, true}},
                                      {"area", {"area_mm2", 1, true}}};
const std::vector<std::string> units{"ns", "TOPS", "TOPS/W", "TOPS/mm2", "nJ", "W", "mm2"};

class PublishedChips : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(MHO_SOURCE_DIR "/designs")) {
      if (entry.is_directory()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const fs::path& folder : files) read(folder);
  }

  void read(const fs::path& folder) {
    const base::Json all = base::Json::parse(mho({"describe", "designs", "--json"}).out, "designs");
    std::string design;
    for (const base::Json& each : std::get<base::Json::Array>(all.find("designs")->value())) {
      if (std::get<std::string>(each.find("file")->value()) == folder.filename().string() + "/design.yaml") {
        design = std::get<std::string>(each.find("name")->value());
      }
    }
    ASSERT_FALSE(design.empty()) << folder;
    const Outcome outcome = mho({"cost", "--design", design, "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const base::Json costs = base::Json::parse(outcome.out, "cost");
    std::ifstream lines(folder / "expected.csv");
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "level,figure,published,unit,kind,source") << folder;
    while (std::getline(lines, line)) {
      const std::vector<std::string> cells = cells_of(line);
      ASSERT_EQ(cells.size(), 6U) << folder << line;
      Figure figure{.folder = folder.filename().string(),
                    .design = design,
                    .level = cells[0],
                    .name = cells[1],
                    .unit = cells[3],
                    .kind = cells[4],
                    .source = cells[5],
                    .published = std::stod(cells[2])};
      ASSERT_TRUE(keys.contains(figure.name)) << line;
      EXPECT_THAT(units, testing::Contains(figure.unit)) << line;
      const Key& key = keys.at(figure.name);
      const base::Json* at = &costs;
      if (key.of_level) {
        at = nullptr;
        for (const base::Json& level : std::get<base::Json::Array>(costs.find("levels")->value())) {
          if (std::get<std::string>(level.find("level")->value()) == figure.level) at = &level;
        }
      }
      ASSERT_NE(at, nullptr) << line;
      figure.ours = real(*at->find(key.key)) * key.scale;
      if (const base::Json* low = at->find(std::string(key.key) + "_low")) {
        figure.low = real(*low) * key.scale;
        figure.high = real(*at->find(std::string(key.key) + "_high")) * key.scale;
      }
      figures_.push_back(figure);
    }
  }

  [[nodiscard]] std::string table() const {
    std::string text =
        "| chip | part | figure | published | ours | 90 % band | ours / published | kind |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (const Figure& figure : figures_) {
      text += fmt::format("| [{}](../designs/{}/README.md) | {} | {} | {} {} | {:.3g} | {} | {:.2f} | {} |\n", figure.design, figure.folder,
                          figure.level, figure.name, figure.published, figure.unit, figure.ours,
                          figure.low ? fmt::format("{:.3g} to {:.3g}", *figure.low, *figure.high) : "-", figure.ratio(), figure.kind);
    }
    return text;
  }

  std::vector<Figure> figures_;
};

TEST_F(PublishedChips, AgreeAsFarAsTheyShould) {
  std::vector<double> ratios;
  int predicted = 0, inside = 0;
  for (const Figure& figure : figures_) {
    SCOPED_TRACE(figure.design + " " + figure.level + " " + figure.name);
    if (figure.kind == "input") {
      EXPECT_NEAR(figure.ratio(), 1, 0.1);
    }
    if (figure.kind == "sum") {
      EXPECT_NEAR(figure.ratio(), 1, 0.01) << "rounded addends";
    }
    EXPECT_THAT(figure.kind, testing::AnyOf("input", "sum", "fitted", "predicted"));
    if (figure.kind != "predicted") continue;
    ++predicted;
    ratios.push_back(figure.ratio());
    if (!figure.low) continue;
    if (figure.published >= *figure.low && figure.published <= *figure.high) ++inside;
    EXPECT_LE(figure.published, 2 * *figure.high);
    EXPECT_GE(figure.published, *figure.low / 2);
    constexpr double widest = 5;
    EXPECT_LE(*figure.high / figure.ours, widest);
    EXPECT_LE(figure.ours / *figure.low, widest);
  }
  ASSERT_GE(predicted, 5);
  std::ranges::sort(ratios);
  EXPECT_THAT(ratios[ratios.size() / 2], testing::AllOf(testing::Ge(0.7), testing::Le(1.4)));
  EXPECT_GE(inside, 0.8 * static_cast<double>(std::ranges::count_if(figures_, [](const Figure& f) { return f.kind == "predicted" && f.low; })));
}

/// MHO_UPDATE_GOLDEN=1 writes it.
TEST_F(PublishedChips, AreTabledInTheDocuments) {
  const std::string path = MHO_SOURCE_DIR "/docs/validation.md";
  std::string text = base::read_file(path);
  const std::string begin = "<!-- published chips: made by the test PublishedChips -->\n", end = "<!-- end -->";
  const std::size_t from = text.find(begin), to = text.find(end, from);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  if (std::getenv("MHO_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe): one thread
    text.replace(from + begin.size(), to - from - begin.size(), "\n" + table() + "\n");
    std::ofstream(path) << text;
  }
  EXPECT_THAT(text.substr(from, to - from), HasSubstr(table())) << "set MHO_UPDATE_GOLDEN=1 to write it anew";
}

}  // namespace
}  // namespace mho::cli::test
