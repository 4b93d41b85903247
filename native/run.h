// One run of an operation, as TensorFlow's C interface shows it.
#pragma once

#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// From tensorflow/c/kernels.h, which needs more headers than set-up keeps.
extern "C" {
struct TF_OpKernelContext;
void TF_GetInput(TF_OpKernelContext*, int, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int, TF_DataType, const int64_t*, int, size_t, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

namespace descent {

using Shape = std::vector<int64_t>;

// Its inputs, its outputs, and what is wrong with them.
class Run {
 public:
  explicit Run(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus(), TF_DeleteStatus) {}

  template <typename Number = float>
  const Number* Input(int index, Shape* shape) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_.get());
    const Number* data = Keep<Number>(tensor);
    shape->clear();
    for (int axis = 0; axis < TF_NumDims(tensor); ++axis) shape->push_back(TF_Dim(tensor, axis));
    return data;
  }

  // Rows of numbers, whatever axes they are counted on.
  const float* Rows(int index, int* rows, int* width) {
    Shape shape;
    const float* data = Input(index, &shape);
    Require(!shape.empty() && shape.back() > 0, "there are no rows");
    *width = static_cast<int>(shape.back());
    const int64_t size = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<int64_t>());
    Require(size < INT32_MAX, "there are too many numbers");
    *rows = static_cast<int>(size / *width);
    return data;
  }
  const float* Rows(int index, int rows, int width, const char* problem) {
    int own_rows, own_width;
    const float* data = Rows(index, &own_rows, &own_width);
    Require(own_rows == rows && own_width == width, problem);
    return data;
  }
  const float* Vector(int index, int width, const char* problem) { return Rows(index, 1, width, problem); }

  float* Output(int index, const Shape& shape) {
    const int64_t size = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<int64_t>());
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                          size * sizeof(float), status_.get());
    return Keep<float>(tensor);
  }

  void Require(bool holds, const char* problem) const {
    if (!holds) throw std::invalid_argument(problem);
  }
  // One number 0 … limit − 1 for each row.
  const int32_t* Indices(int index, int rows, int64_t limit) {
    Shape shape;
    const int32_t* indices = Input<int32_t>(index, &shape);
    Require(shape == Shape{rows}, "there is not one index for each row");
    for (int row = 0; row < rows; ++row) {
      if (indices[row] >= 0 && indices[row] < limit) continue;
      throw std::invalid_argument("an index must be 0 … " + std::to_string(limit - 1) + ", got " +
                                  std::to_string(indices[row]));
    }
    return indices;
  }
  void Fail(TF_Code code, const std::string& why) {
    TF_SetStatus(status_.get(), code, why.c_str());
    TF_OpKernelContext_Failure(context_, status_.get());
  }

 private:
  template <typename Number>
  Number* Keep(TF_Tensor* tensor) {
    if (TF_GetCode(status_.get()) != TF_OK) throw std::runtime_error(TF_Message(status_.get()));
    tensors_.emplace_back(tensor, TF_DeleteTensor);
    return static_cast<Number*>(TF_TensorData(tensor));
  }

  TF_OpKernelContext* const context_;
  std::unique_ptr<TF_Status, void (*)(TF_Status*)> status_;
  std::vector<std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)>> tensors_;
};

}  // namespace descent
