#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/house/rules.h"

namespace mho::house {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Every text file of the checkout; what is built or not ours to read (dot folders, build) is left out.
std::vector<SourceFile> house() {
  namespace fs = std::filesystem;
  const fs::path root = MHO_SOURCE_FOLDER;
  const std::set<std::string> texts{".h", ".cpp", ".txt", ".cmake", ".md", ".yaml", ".json", ".sh", ".svg", ""};
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory()) {
      if (name == "build" || (name.starts_with(".") && name != ".ci")) entry.disable_recursion_pending();
      continue;
    }
    if (name == ".git") continue;  // a file that names a folder, where the checkout is a worktree
    if (!texts.contains(entry->path().extension().string())) continue;
    std::ifstream stream(entry->path(), std::ios::binary);
    files.push_back({entry->path().lexically_relative(root).generic_string(), std::string(std::istreambuf_iterator<char>(stream), {})});
  }
  return files;
}

TEST(House, IsFound) {
  const auto files = house();
  for (const auto& [room, left] : street()) {
    const auto in_room =
        std::count_if(files.begin(), files.end(), [&](const SourceFile& f) { return top_folder(f.path) == room && is_source(f.path); });
    EXPECT_GE(in_room, 1) << "no source file in " << room << " under " << MHO_SOURCE_FOLDER;
  }
}

TEST(House, IncludesPointLeft) { EXPECT_THAT(layering(house()), IsEmpty()); }
TEST(House, LibrariesStayInTheirRooms) { EXPECT_THAT(libraries(house()), IsEmpty()); }
TEST(House, FilesHaveTheForm) { EXPECT_THAT(form(house()), IsEmpty()); }
TEST(House, NoMachinePaths) { EXPECT_THAT(machine_paths(house()), IsEmpty()); }

// The rules themselves: each finds its made-up violation and passes its legal neighbour.

TEST(Rules, AnIncludeToTheRightIsFound) {
  EXPECT_THAT(layering({{"tiles/a.cpp", "#include <vector>\n#include \"base/config.h\"\n#include \"hw/program.h\"\n"}}),
              ElementsAre("tiles/a.cpp:3: tiles includes hw, which is not on its left"));
  EXPECT_THAT(layering({{"workloads/a.h", "  #  include  \"hw/program.h\"  // why\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"hw/a.h", "#include \"workloads/network.h\"\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"mapper/a.h", "#include \"workloads/network.h\"\n#include \"hw/program.h\"\n"}}), IsEmpty());
}

TEST(Rules, AnIncludeWithoutRoomOrAnUnknownRoomIsFound) {
  EXPECT_THAT(layering({{"tiles/a.cpp", "#include \"layout.h\"\n"}}), ElementsAre(HasSubstr("not written room/file.h")));
  EXPECT_THAT(layering({{"attic/a.cpp", ""}}), ElementsAre(HasSubstr("no room 'attic'")));
  EXPECT_THAT(layering({{"examples/a.cpp", "#include \"workloads/dataset.h\"\n"}}), IsEmpty());
}

TEST(Rules, SystemcOutsideModulesIsFound) {
  EXPECT_THAT(layering({{"hw/router.cpp", "#include <systemc>\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"analysis/a.cpp", "#include \"hw/router_module.h\"\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"hw/router_module.cpp", "#include <systemc>\n#include \"hw/router_module.h\"\n"}}), IsEmpty());
}

TEST(Rules, ALibraryOutsideItsRoomIsFound) {
  EXPECT_THAT(libraries({{"tiles/a.cpp", "#include <nlohmann/json.hpp>\n"}}), ElementsAre(HasSubstr("does not belong in tiles")));
  EXPECT_THAT(libraries({{"base/json.h", "#include <nlohmann/json.hpp>\n"}}), ElementsAre(HasSubstr("in a header")));
  EXPECT_THAT(libraries({{"analysis/a.cpp", "#include <torch/torch.h>\n"}}), SizeIs(1));
  EXPECT_THAT(libraries({{"cli/a.cpp", "#include <CLI/CLI.hpp>\n"}}), IsEmpty());
}

TEST(Rules, AnExpensiveHeaderInTwoFilesIsFound) {
  EXPECT_THAT(libraries({{"cli/a.cpp", "#include <CLI/CLI.hpp>\n"}, {"cli/b.cpp", "#include <CLI/App.hpp>\n"}}),
              Contains(HasSubstr("cli/a.cpp cli/b.cpp")));
  // One file of tests and one of examples may use libtorch.
  EXPECT_THAT(libraries({{"tests/workloads/a.cpp", "#include <torch/torch.h>\n"}, {"examples/b.cpp", "#include <torch/torch.h>\n"}}), IsEmpty());
}

TEST(Rules, FormIsChecked) {
  EXPECT_THAT(form({{"base/a.h", "int f();\n"}}), ElementsAre("base/a.h: no #pragma once"));
  EXPECT_THAT(form({{"base/a-inl.h", "int f();\n"}}), SizeIs(1));
  EXPECT_THAT(form({{"base/a-inl.h", "#if defined(A) == defined(HWY_TARGET_TOGGLE)\n#endif\n"}}), IsEmpty());
  EXPECT_THAT(form({{"base/a.h", "#pragma once\nusing namespace std;\n"}}), ElementsAre("base/a.h:2: using namespace in a header"));
  EXPECT_THAT(form({{"base/a.cpp", std::string(501, '\n')}}), SizeIs(1));
  EXPECT_THAT(form({{"base/a.cpp", std::string(500, '\n')}, {"docs/a.md", std::string(600, '\n')}}), IsEmpty());
}

TEST(Rules, MachinePathsAreFound) {
  EXPECT_THAT(machine_paths({{"docs/a.md", std::string("x\ncd /ho") + "me/me/mho\n"}}), ElementsAre(HasSubstr("docs/a.md:2")));
  EXPECT_THAT(machine_paths({{"docs/a.md", "see /usr/share and home/work/x\n"}}), IsEmpty());
}

}  // namespace
}  // namespace mho::house
