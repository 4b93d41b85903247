// What tfjs-node loads in the place of its binding: lowers the voice of TensorFlow's log, then loads the binding.
//
// TensorFlow 2.21 logs through Abseil, whatever TF_CPP_MIN_LOG_LEVEL says, and the first lines, on oneDNN, are written
// while its libraries load, before any call could lower the level. So the library that Abseil is in is loaded here first,
// with standard error closed to it, and then told the level that the variable names: 0 everything, also of the loading;
// 1 warnings, 2 errors, 3 what ends the process.
//
// And it keeps signals away from the thread that computes. The matrix products of oneDNN, in TensorFlow 2.21 on processors
// with AVX-512, keep values where the handler of a signal writes: Ctrl-C, or a terminal that changes its size, in the
// wrong moment corrupted the memory. A signal to the process goes to any of its threads, so others of Node's take them.
//
// Set-up names two files, from this file's folder: FRAMEWORK, the library, and BINDING.
#include <csignal>
#include <cstdlib>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <pthread.h>
#include <unistd.h>

namespace {

// absl::SetMinLogLevel(absl::LogSeverityAtLeast), as the Abseil of the locked wheel calls it. Where a wheel has another
// one, the level stays, and the test of the silence says so.
constexpr char kSetMinLogLevel[] = "_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE";

std::string OwnFolder() {
  Dl_info info;
  dladdr(kSetMinLogLevel, &info);
  const std::string file = info.dli_fname;
  return file.substr(0, file.rfind('/') + 1);
}

// While it lives, what is written to standard error is lost.
class Silence {
 public:
  Silence() : kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept_ >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0) close(nowhere);
  }
  ~Silence() {
    if (kept_ < 0) return;
    dup2(kept_, STDERR_FILENO);
    close(kept_);
  }

 private:
  const int kept_;
};

void LoadInSilence(const std::string& framework, int level) {
  const Silence silence;
  // If it does not load, neither does the binding, which says why.
  void* library = dlopen(framework.c_str(), RTLD_LAZY);
  if (library == nullptr) return;
  using SetMinLogLevel = void (*)(int);
  const auto set = reinterpret_cast<SetMinLogLevel>(dlsym(library, kSetMinLogLevel));
  if (set != nullptr) set(level);
}

// The threads that TensorFlow starts later have this from the calling one.
void KeepSignalsAway() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGWINCH, SIGCHLD, SIGCONT, SIGALRM})
    sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

napi_value Fail(napi_env env) {
  napi_throw_error(env, "ERR_DLOPEN_FAILED", dlerror());
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  KeepSignalsAway();
  const std::string folder = OwnFolder();
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (level != nullptr && std::atoi(level) > 0) LoadInSilence(folder + FRAMEWORK, std::atoi(level));
  void* binding = dlopen((folder + BINDING).c_str(), RTLD_LAZY);
  if (binding == nullptr) return Fail(env);
  using Init = napi_value (*)(napi_env, napi_value);
  const auto init = reinterpret_cast<Init>(dlsym(binding, "napi_register_module_v1"));
  return init == nullptr ? Fail(env) : init(env, exports);
}
