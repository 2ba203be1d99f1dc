#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/explore/worker.h"

namespace mho::analysis {

/// Processes that evaluate points: this program, as `mho worker`. Each keeps the networks and data that it has read.
class WorkerPool {
 public:
  struct Settings {
    int jobs = 1;
    std::string program{};  ///< of the workers
    std::vector<std::string> arguments{"worker"};
    WorkerTask task{};
    bool one_point_each = false;  ///< a process ends after its point, as one that has simulated must
  };
  explicit WorkerPool(Settings settings);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// What a run of the pool asks and says.
  struct Work {
    /// The next points for a worker that has none; empty: none now, or none any more.
    std::function<std::vector<NumberedPoint>()> next{};
    std::function<void(const NumberedPoint&, const Evaluation&)> evaluated{};  ///< not stored yet
    std::function<void(const NumberedPoint&, std::int64_t run)> stored{};
    /// These were handed out, and their worker is gone: they are to be handed out again.
    std::function<void(std::vector<NumberedPoint>)> returned{};
    /// The worker of this point died twice.
    std::function<void(const NumberedPoint&, const Evaluation&)> died{};
    std::function<void()> tick{};  ///< several times a second
  };
  /// Hands out points until there are none and all are stored. A worker that dies is replaced; the point that it was at is tried once more alone.
  /// After a Ctrl-C workers store what they have finished, and this throws Interrupted. Throws UserError for what no point is to blame for: no worker
  /// starts, the database takes no rows.
  void run(const Work& work);

  /// Workers that died so far.
  [[nodiscard]] int deaths() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mho::analysis
