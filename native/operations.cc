// Operations of the course's own for TensorFlow's CPU, registered through its C interface when Node loads this file after
// tfjs-node's binding, which then runs them like any other. Their formulas: lib/tensorflow/transformer-operations.ts.
//
// Set-up compiles it for the processor that it finds. Each operation divides its rows into pieces of a size that does not
// depend on the number of threads, and adds up sums over rows piece by piece: the results do not depend on it either.
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <node_api.h>

#include "attention.h"
#include "kernels.h"
#include "product.h"
#include "register.h"
#include "run.h"
#include "workers.h"

namespace tensorflow {
// In the library of the wheel: how many threads TensorFlow's operations may use that this thread calls.
void SetPerThreadMaxParallelism(int);
}

namespace descent {
namespace {

// The same for the operations here.
thread_local int threads = 1;

// Rows of a piece, at most: few enough that threads share evenly.
constexpr int kPieceRows = 64;
// Below so many numbers a second thread costs more than it saves.
constexpr int64_t kWorthSharing = 1 << 16;

int Pieces(int rows) { return (rows + kPieceRows - 1) / kPieceRows; }

// each(piece, first row, rows) for each piece
template <typename Each>
void InPieces(int rows, int width, Each each) {
  const int helpers = int64_t{rows} * width < kWorthSharing ? 1 : threads;
  Workers::Shared().Do(Pieces(rows), helpers, [&](int piece) {
    const int first = piece * kPieceRows;
    each(piece, first, std::min(kPieceRows, rows - first));
  });
}

// Sums over rows: a row for each piece, added up in the end.
class Sums {
 public:
  Sums(int pieces, int width) : pieces_(pieces), width_(width), sums_(size_t(pieces) * width) {}
  float* Of(int piece) { return sums_.data() + size_t(piece) * width_; }
  void WriteTo(float* to) {
    std::fill_n(to, width_, 0);
    for (int piece = 0; piece < pieces_; ++piece) AddTo(to, Of(piece), width_);
  }

 private:
  const int pieces_, width_;
  std::vector<float> sums_;
};

constexpr char kGain[] = "the gain is not as wide as the rows";
constexpr char kBias[] = "the bias is not as wide as the rows";
constexpr char kDelta[] = "the gradient has another shape than the rows";

void RunLayerNorm(Run& run) {
  int rows, width;
  const float* x = run.Rows(0, &rows, &width);
  const float* gain = run.Vector(1, width, kGain);
  const float* bias = run.Vector(2, width, kBias);
  float* y = run.Output(0, {rows, width});
  InPieces(rows, width, [&](int, int first, int count) {
    LayerNorm(count, width, x + first * width, gain, bias, y + first * width);
  });
}

void RunLayerNormGradient(Run& run) {
  int rows, width;
  const float* x = run.Rows(1, &rows, &width);
  const float* delta = run.Rows(0, rows, width, kDelta);
  const float* gain = run.Vector(2, width, kGain);
  float* dx = run.Output(0, {rows, width});
  Sums dgain(Pieces(rows), width), dbias(Pieces(rows), width);
  InPieces(rows, width, [&](int piece, int first, int count) {
    const int at = first * width;
    LayerNormGradient(count, width, delta + at, x + at, gain, dx + at, dgain.Of(piece), dbias.Of(piece));
  });
  dgain.WriteTo(run.Output(1, {width}));
  dbias.WriteTo(run.Output(2, {width}));
}

void RunBiasGelu(Run& run) {
  int rows, width;
  const float* z = run.Rows(0, &rows, &width);
  const float* bias = run.Vector(1, width, kBias);
  float* y = run.Output(0, {rows, width});
  InPieces(rows, width, [&](int, int first, int count) {
    BiasGelu(count, width, z + first * width, bias, y + first * width);
  });
}

void RunBiasGeluGradient(Run& run) {
  int rows, width;
  const float* z = run.Rows(1, &rows, &width);
  const float* delta = run.Rows(0, rows, width, kDelta);
  const float* bias = run.Vector(2, width, kBias);
  float* dz = run.Output(0, {rows, width});
  Sums dbias(Pieces(rows), width);
  InPieces(rows, width, [&](int piece, int first, int count) {
    const int at = first * width;
    BiasGeluGradient(count, width, delta + at, z + at, bias, dz + at, dbias.Of(piece));
  });
  dbias.WriteTo(run.Output(1, {width}));
}

void RunResidual(Run& run) {
  int rows, width;
  const float* x = run.Rows(0, &rows, &width);
  const float* z = run.Rows(1, rows, width, "the two terms differ in shape");
  const float* bias = run.Vector(2, width, kBias);
  float* y = run.Output(0, {rows, width});
  InPieces(rows, width, [&](int, int first, int count) {
    const int at = first * width;
    Residual(count, width, x + at, z + at, bias, y + at);
  });
}

void RunCrossEntropy(Run& run) {
  int rows, width;
  const float* z = run.Rows(0, &rows, &width);
  const int32_t* classes = run.Indices(1, rows, width);
  float* losses = run.Output(0, {rows});
  float* dz = run.Output(1, {rows, width});
  InPieces(rows, width, [&](int, int first, int count) {
    CrossEntropy(count, width, z + first * width, classes + first, 1.f / rows, losses + first, dz + first * width);
  });
}

// ½ Σ x² over all numbers of all inputs
void RunHalfSquares(Run& run, const Inputs& inputs) {
  double sum = 0;
  for (int index = 0; index < inputs.count; ++index) {
    int rows, width;
    const float* x = run.Rows(index, &rows, &width);
    sum += HalfSquares(rows * width, x);
  }
  *run.Output(0, {}) = static_cast<float>(sum);
}

// C = A B, of A or B transposed.
void RunProduct(Run& run, const Turned& turned) {
  int a_rows, a_columns, b_rows, b_columns;
  const float* a = run.Rows(0, &a_rows, &a_columns);
  const float* b = run.Rows(1, &b_rows, &b_columns);
  const Extent extent{turned.first ? a_columns : a_rows, turned.second ? b_rows : b_columns,
                      turned.first ? a_rows : a_columns};
  run.Require(extent.depth == (turned.second ? b_columns : b_rows), "the factors do not fit each other");
  const auto matrix = [](const float* at, int columns, bool is_turned) {
    return is_turned ? Matrix{at, 1, columns} : Matrix{at, columns, 1};
  };
  float* c = run.Output(0, {extent.rows, extent.columns});
  Product(extent, matrix(a, a_columns, turned.first), matrix(b, b_columns, turned.second), c,
          [](int pieces, const std::function<void(int)>& each) { Workers::Shared().Do(pieces, threads, each); });
}

// The gradient of a table: for each index the sum of its rows.
void RunEmbedGradient(Run& run, int64_t table_rows) {
  int rows, width;
  const float* delta = run.Rows(0, &rows, &width);
  const int32_t* indices = run.Indices(1, rows, table_rows);
  float* sums = run.Output(0, {table_rows, width});
  std::fill_n(sums, table_rows * width, 0);
  for (int row = 0; row < rows; ++row)
    AddTo(sums + int64_t{indices[row]} * width, delta + int64_t{row} * width, width);
}

// How many rows ahead bytes are asked for: rows drawn at random lie far apart, where no processor looks by itself.
constexpr int kRowsAhead = 3;

void Prefetch(int64_t size, const uint8_t* bytes) {
  for (int64_t at = 0; at < size; at += 64) __builtin_prefetch(bytes + at);
}

// Of bytes, row after row, those with these indices, each byte over 255.
void RunScaledRows(Run& run, int64_t width) {
  Shape shape;
  const uint8_t* bytes = run.Input<uint8_t>(0, &shape);
  run.Require(width > 0 && shape.size() == 1 && shape[0] % width == 0, "the width does not divide the bytes");
  const int64_t all = shape[0] / width;
  run.Input<int32_t>(1, &shape);
  run.Require(shape.size() == 1, "the indices are not one row");
  const int rows = static_cast<int>(shape[0]);
  const int32_t* indices = run.Indices(1, rows, all);
  float* y = run.Output(0, {rows, width});
  InPieces(rows, static_cast<int>(width), [&](int, int first, int count) {
    for (int row = first; row < first + count; ++row) {
      Prefetch(width, bytes + indices[std::min(row + kRowsAhead, rows - 1)] * width);
      Scale(width, bytes + indices[row] * width, y + row * width);
    }
  });
}

// Does each(head's memory, text, first column) for all texts and heads, one text a piece.
template <typename Each>
void ForHeads(int texts, int columns, const Division& division, Each each) {
  const int context = static_cast<int>(division.context), size = columns / static_cast<int>(division.heads);
  Workers::Shared().Do(texts, threads, [&](int text) {
    static thread_local std::unique_ptr<Head> head;
    if (!head || !head->Fits(context, size)) head = std::make_unique<Head>(context, size);
    for (int first = 0; first < columns; first += size) each(*head, text, first);
  });
}

const float* AttentionRows(Run& run, int index, const Division& division, int* texts, int* columns) {
  int rows, width;
  const float* z = run.Rows(index, &rows, &width);
  run.Require(width % 3 == 0, "the rows are not queries, keys and values of one width");
  *columns = width / 3;
  run.Require(division.heads > 0 && *columns % division.heads == 0, "the heads do not divide the width");
  run.Require(division.context > 0 && rows % division.context == 0, "the context does not divide the rows");
  *texts = rows / static_cast<int>(division.context);
  return z;
}

void RunAttend(Run& run, const Division& division) {
  int texts, columns;
  const float* z = AttentionRows(run, 0, division, &texts, &columns);
  const float* bias = run.Vector(1, 3 * columns, kBias);
  const int64_t rows = texts * division.context, text_size = division.context * columns;
  float* y = run.Output(0, {rows, columns});
  ForHeads(texts, columns, division, [&](Head& head, int text, int first) {
    head.Attend(z + 3 * text * text_size + first, bias + first, columns, y + text * text_size + first);
  });
}

void RunAttendGradient(Run& run, const Division& division) {
  int texts, columns;
  const float* z = AttentionRows(run, 1, division, &texts, &columns);
  const int64_t rows = texts * division.context, text_size = division.context * columns;
  const float* delta = run.Rows(0, static_cast<int>(rows), columns, kDelta);
  const float* bias = run.Vector(2, 3 * columns, kBias);
  float* dz = run.Output(0, {rows, 3 * columns});
  Sums dbias(texts, 3 * columns);
  ForHeads(texts, columns, division, [&](Head& head, int text, int first) {
    const int64_t at = 3 * text * text_size + first;
    head.AttendGradient(delta + text * text_size + first, z + at, bias + first, columns, dz + at,
                        dbias.Of(text) + first);
  });
  dbias.WriteTo(run.Output(1, {3 * columns}));
}

// Returns what went wrong, else nothing.
std::string RegisterAll() {
  const char *x = "x: float", *z = "z: float", *delta = "delta: float", *gain = "gain: float", *bias = "bias: float";
  const char *y = "y: float", *dx = "dx: float", *dz = "dz: float", *dgain = "dgain: float", *dbias = "dbias: float";
  for (const std::string& problem : {
           Register({"DescentLayerNorm", {x, gain, bias}, {y}, Compute<RunLayerNorm>}),
           Register({"DescentLayerNormGradient", {delta, x, gain}, {dx, dgain, dbias}, Compute<RunLayerNormGradient>}),
           Register({"DescentBiasGelu", {z, bias}, {y}, Compute<RunBiasGelu>}),
           Register({"DescentBiasGeluGradient", {delta, z, bias}, {dz, dbias}, Compute<RunBiasGeluGradient>}),
           Register({"DescentResidual", {x, z, bias}, {y}, Compute<RunResidual>}),
           Register({"DescentCrossEntropy", {z, "classes: int32"}, {"losses: float", dz}, Compute<RunCrossEntropy>}),
           Register<Inputs>(
               {"DescentHalfSquares", {"x: N * float"}, {y}, ComputeWith<const Inputs&, RunHalfSquares>}),
           Register<Turned>(
               {"DescentProduct", {"a: float", "b: float"}, {"c: float"}, ComputeWith<const Turned&, RunProduct>}),
           Register<int64_t>({"DescentEmbedGradient",
                              {delta, "indices: int32"},
                              {"sums: float"},
                              ComputeWith<int64_t, RunEmbedGradient>}),
           Register<int64_t>({"DescentScaledRows",
                              {"bytes: uint8", "indices: int32"},
                              {y},
                              ComputeWith<int64_t, RunScaledRows>}),
           Register<Division>(
               {"DescentAttend", {z, bias}, {y}, ComputeWith<const Division&, RunAttend>}),
           Register<Division>({"DescentAttendGradient",
                               {delta, z, bias},
                               {dz, dbias},
                               ComputeWith<const Division&, RunAttendGradient>}),
       })
    if (!problem.empty()) return problem;
  return "";
}

// setThreads(count): how many threads may share an operation that this thread calls, TensorFlow's own too.
napi_value SetThreads(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1;
  int32_t limit = 0;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count < 1 || napi_get_value_int32(env, argument, &limit) != napi_ok || limit < 1) {
    napi_throw_range_error(env, nullptr, "Cannot set threads: the number must be an integer > 0");
    return nullptr;
  }
  threads = limit;
  tensorflow::SetPerThreadMaxParallelism(limit);
  return nullptr;
}

}  // namespace
}  // namespace descent

NAPI_MODULE_INIT() {
  // Once a process, however many threads of Node load it.
  static std::once_flag once;
  static std::string problem;
  std::call_once(once, [] { problem = descent::RegisterAll(); });
  if (!problem.empty()) {
    napi_throw_error(env, nullptr, problem.c_str());
    return nullptr;
  }
  napi_value set_threads;
  napi_create_function(env, "setThreads", NAPI_AUTO_LENGTH, descent::SetThreads, nullptr, &set_threads);
  napi_set_named_property(env, exports, "setThreads", set_threads);
  return exports;
}
