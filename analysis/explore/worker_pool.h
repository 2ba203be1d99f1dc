#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/explore/worker.h"

namespace mho::analysis {

/// Worker processes that evaluate points: this program, as `mho worker`. Each keeps the networks and data that it has read.
class WorkerPool {
 public:
  struct Settings {
    int jobs = 1;
    std::string program{};  ///< program of the workers
    std::vector<std::string> arguments{"worker"};
    WorkerTask task{};
    bool one_point_each = false;  ///< a process ends after one point, as it must after a simulation
  };
  explicit WorkerPool(Settings settings);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Callbacks of a run of the pool.
  struct Work {
    /// Returns the next points for an idle worker; empty: none now, or none left.
    std::function<std::vector<NumberedPoint>()> next{};
    std::function<void(const NumberedPoint&, const Evaluation&)> evaluated{};  ///< called before the point is stored
    std::function<void(const NumberedPoint&, std::int64_t run)> stored{};
    /// Called with points whose worker ended before they were done; they must be handed out again.
    std::function<void(std::vector<NumberedPoint>)> returned{};
    /// Called for a point whose worker died twice.
    std::function<void(const NumberedPoint&, const Evaluation&)> died{};
    std::function<void()> tick{};  ///< called several times a second
  };
  /// Hands out points until there are none left and all are stored. A worker that dies is replaced; the point that it was computing is tried once
  /// more, alone. After a Ctrl-C workers store the finished points, and this throws Interrupted. Throws UserError for errors that no point causes: no
  /// worker starts, or the database takes no rows.
  void run(const Work& work);

  /// Number of workers that died so far.
  [[nodiscard]] int deaths() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mho::analysis
