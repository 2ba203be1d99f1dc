#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/architecture/rules.h"

namespace mho::architecture {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Every text file of the checkout; what is built or not ours to read (dot folders, build) is left out.
std::vector<SourceFile> checkout() {
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

TEST(Architecture, IsFound) {
  const auto files = checkout();
  for (const auto& [layer, known] : layers()) {
    const auto in_layer =
        std::count_if(files.begin(), files.end(), [&](const SourceFile& f) { return is_source(f.path) && layer_of(f.path) == layer; });
    EXPECT_GE(in_layer, 1) << "no source file in " << layer << " under " << MHO_SOURCE_FOLDER;
  }
}

TEST(Architecture, IncludesNameLayersThatTheyMayKnow) { EXPECT_THAT(layering(checkout()), IsEmpty()); }
TEST(Architecture, LayersHaveNoCycle) { EXPECT_THAT(cycles(), IsEmpty()); }
TEST(Architecture, FoldersAreNarrow) { EXPECT_THAT(width(checkout()), IsEmpty()); }
TEST(Architecture, LibrariesStayInTheirLayers) { EXPECT_THAT(libraries(checkout()), IsEmpty()); }
TEST(Architecture, FilesHaveTheForm) { EXPECT_THAT(form(checkout()), IsEmpty()); }
TEST(Architecture, NoFileCallThrows) { EXPECT_THAT(throwing_file_calls(checkout()), IsEmpty()); }
TEST(Architecture, NoExceptionLeavesAProcess) { EXPECT_THAT(open_processes(checkout()), IsEmpty()); }
TEST(Architecture, NoMachinePaths) { EXPECT_THAT(machine_paths(checkout()), IsEmpty()); }

TEST(Architecture, DesignNamesEveryLayer) {
  const auto files = checkout();
  const auto design = std::ranges::find(files, std::string("DESIGN.md"), &SourceFile::path);
  ASSERT_NE(design, files.end());
  for (const auto& [layer, known] : layers()) EXPECT_THAT(design->text, HasSubstr("`" + layer + "/`"));
}

// The rules themselves: each finds its made-up violation and passes its legal neighbour.

TEST(Rules, TheLayerHasTheLongestPrefix) {
  EXPECT_EQ(layer_of("hw/noc/packet.h"), "hw/noc");
  EXPECT_EQ(layer_of("tiles/layout.h"), "tiles");
  EXPECT_EQ(layer_of("tiles/device/device.h"), "tiles/device");
  EXPECT_EQ(layer_of("base/design_file/deeper/a.h"), "base/design_file");
  EXPECT_EQ(layer_of("attic/a.h"), "");
  EXPECT_TRUE(names("base/...", "base/design_file"));
  EXPECT_TRUE(names("base/...", "base"));
  EXPECT_FALSE(names("base", "base/design_file"));
  EXPECT_FALSE(names("hw/...", "hw2"));
}

TEST(Rules, AnIncludeOfAnUnknownLayerIsFound) {
  EXPECT_THAT(layering({{"tiles/a.cpp", "#include <vector>\n#include \"base/config.h\"\n#include \"hw/program/program.h\"\n"}}),
              ElementsAre("tiles/a.cpp:3: tiles includes hw/program, which it may not know"));
  EXPECT_THAT(layering({{"workloads/graph/a.h", "  #  include  \"hw/program/program.h\"  // why\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"hw/noc/a.h", "#include \"workloads/graph/network.h\"\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"mapper/a.h", "#include \"workloads/graph/network.h\"\n#include \"hw/program/program.h\"\n"}}), IsEmpty());
}

TEST(Rules, AnIncludeBetweenSubLayersIsFound) {
  EXPECT_THAT(layering({{"hw/noc/a.h", "#include \"hw/cores/channel.h\"\n"}}), ElementsAre(HasSubstr("hw/noc includes hw/cores")));
  EXPECT_THAT(layering({{"hw/chip/a.h", "#include \"hw/cores/channel.h\"\n"}}), IsEmpty());
  EXPECT_THAT(layering({{"tiles/wires/a.h", "#include \"base/design_file/config.h\"\n"}}), SizeIs(1));
}

TEST(Rules, AnIncludeWithoutLayerOrAnUnknownFolderIsFound) {
  EXPECT_THAT(layering({{"tiles/a.cpp", "#include \"layout.h\"\n"}}), ElementsAre(HasSubstr("not written layer/file.h")));
  EXPECT_THAT(layering({{"attic/a.cpp", ""}}), ElementsAre(HasSubstr("its folder is no layer")));
  EXPECT_THAT(layering({{"tiles/attic/a.cpp", ""}}), ElementsAre(HasSubstr("its folder is no layer")));
  EXPECT_THAT(layering({{"hw/a.cpp", ""}}), ElementsAre(HasSubstr("its folder is no layer")));
  EXPECT_THAT(layering({{"examples/a.cpp", "#include \"workloads/data/dataset.h\"\n"}}), IsEmpty());
}

TEST(Rules, AWideFolderIsFound) {
  std::vector<SourceFile> files;
  for (int i = 0; i < 16; ++i) {
    for (const char* ending : {".h", ".cpp", "-inl.h"}) files.push_back({"tiles/a" + std::to_string(i) + ending, ""});
  }
  EXPECT_THAT(width(files), IsEmpty());
  files.push_back({"tiles/b.h", ""});
  EXPECT_THAT(width(files), ElementsAre("tiles: 17 file pairs, at most 16"));
  for (SourceFile& file : files) file.path = "tests/" + file.path;
  EXPECT_THAT(width(files), IsEmpty());
}

TEST(Rules, SystemcOutsideModulesIsFound) {
  EXPECT_THAT(layering({{"hw/noc/router.cpp", "#include <systemc>\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"analysis/study/a.cpp", "#include \"hw/noc/router_module.h\"\n"}}), SizeIs(1));
  EXPECT_THAT(layering({{"hw/noc/router_module.cpp", "#include <systemc>\n#include \"hw/noc/router_module.h\"\n"}}), IsEmpty());
}

TEST(Rules, ALibraryOutsideItsLayerIsFound) {
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

TEST(Rules, FileCallsThatThrowAreFound) {
  const auto found = [](const std::string& text) { return throwing_file_calls({{"base/a.cpp", text}}); };
  EXPECT_THAT(found("x;\nif (std::filesystem::exists(path)) {"), ElementsAre("base/a.cpp:2: std::filesystem::exists without an error code throws"));
  EXPECT_THAT(found("fs::file_size(f(path, error))"), SizeIs(1));
  EXPECT_THAT(found("for (const auto& e : fs::directory_iterator(folder))"), SizeIs(1));
  EXPECT_THAT(found("fs::directory_iterator entries(folder);"), SizeIs(1));
  EXPECT_THAT(found("fs::exists(path, error); fs::exists(f(a,\n b), ignored); fs::path(x); fs::path p(x); fs::is_directory(status);"), IsEmpty());
  EXPECT_THAT(throwing_file_calls({{"tests/base/a.cpp", "fs::remove(x)"}}), IsEmpty());
}

TEST(Rules, ProcessesThatExceptionsMayLeaveAreFound) {
  const auto found = [](const std::string& source, const std::string& header) {
    return open_processes(
        {{"hw/noc/a_module.cpp", source}, {"hw/noc/a_module.h", header}, {"hw/noc/b_module.h", "void run() { t.run([this] { f(); }); }"}});
  };
  EXPECT_THAT(found("SC_METHOD(run);", "void run() {\n  timeline_.run([this] { step(); });\n}"), IsEmpty());
  EXPECT_THAT(found("SC_METHOD(step);", "void step();"), ElementsAre(HasSubstr("the process step does not hand its work")));
  EXPECT_THAT(found("SC_METHOD(run);", "void run() { early(); t.run([this] { f(); }); }"), SizeIs(1));
  EXPECT_THAT(found("SC_METHOD(run);", ""), SizeIs(1));
  EXPECT_THAT(found("SC_THREAD(run);", "void run() { t.run([this] { f(); }); }"), ElementsAre(HasSubstr("SC_THREAD is no process")));
}

TEST(Rules, MachinePathsAreFound) {
  EXPECT_THAT(machine_paths({{"docs/a.md", std::string("x\ncd /ho") + "me/me/mho\n"}}), ElementsAre(HasSubstr("docs/a.md:2")));
  EXPECT_THAT(machine_paths({{"docs/a.md", "see /usr/share and home/work/x\n"}}), IsEmpty());
}

}  // namespace
}  // namespace mho::architecture
