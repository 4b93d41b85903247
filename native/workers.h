// Shares the pieces of one operation among threads. Which thread does which piece makes no difference to the result.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#ifdef __SSE__
#include <immintrin.h>
#endif

namespace descent {

class Workers {
 public:
  // Never destroyed: at the end of the process its threads sleep.
  static Workers& Shared() {
    static Workers& workers = *new Workers;
    return workers;
  }

  // Does each(0) … each(pieces − 1), and returns when all are done; throws what one of them threw. Of two calls at once,
  // the second does without help.
  void Do(int pieces, int threads, const std::function<void(int)>& each) {
    std::unique_lock<std::mutex> alone(busy_, std::try_to_lock);
    const int helpers = std::min(threads, pieces) - 1;
    if (helpers <= 0 || !alone) {
      for (int piece = 0; piece < pieces; ++piece) each(piece);
      return;
    }
    const auto job = std::make_shared<Job>(pieces, helpers, each);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = job;
      ++jobs_;
      for (; started_ < helpers; ++started_) std::thread([this] { Help(); }).detach();
    }
    called_.notify_all();
    Share(*job);
    for (int turns = 0; job->done < pieces; ++turns) if (turns > kTurns) std::this_thread::yield();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = nullptr;
    }
    if (job->failed.test_and_set()) std::rethrow_exception(job->failure);
  }

 private:
  struct Job {
    Job(int pieces, int helpers, const std::function<void(int)>& each) : pieces(pieces), helpers(helpers), each(each) {}
    const int pieces;
    std::atomic<int> helpers, next{0}, done{0};
    std::atomic_flag failed = ATOMIC_FLAG_INIT;
    std::exception_ptr failure;
    const std::function<void(int)>& each;
  };
  // A few microseconds: a core that waits takes it from those who compute.
  static constexpr int kTurns = 2000;
  // A helper that has worked looks for more so long before it sleeps, since to wake it takes a tenth of that; between two
  // looks whoever else wants its core has it.
  static constexpr auto kAwake = std::chrono::microseconds(500);

  static void Share(Job& job) {
    for (int piece; (piece = job.next++) < job.pieces; ++job.done) {
      try {
        job.each(piece);
      } catch (...) {
        if (!job.failed.test_and_set()) job.failure = std::current_exception();
      }
    }
  }

  // A helper that comes late finds no piece left, and touches nothing else.
  void Help() {
#ifdef __SSE__
    // As TensorFlow has it in the thread that calls: numbers too small for a normal float are 0.
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
    int64_t seen = 0;
    for (std::shared_ptr<Job> last;;) {
      const auto until = std::chrono::steady_clock::now() + kAwake;
      while (jobs_ == seen && std::chrono::steady_clock::now() < until) std::this_thread::yield();
      {
        std::unique_lock<std::mutex> lock(mutex_);
        called_.wait(lock, [&] { return jobs_ != seen; });
        seen = jobs_;
        last = job_;
      }
      if (last && last->helpers-- > 0) Share(*last);
    }
  }

  std::mutex busy_, mutex_;
  std::condition_variable called_;
  std::shared_ptr<Job> job_;
  std::atomic<int64_t> jobs_{0};
  int started_ = 0;
};

}  // namespace descent
