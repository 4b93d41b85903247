// Makes operations known to TensorFlow: name, inputs, outputs, whole numbers as attributes, and the function that computes.
#pragma once

#include <initializer_list>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include "run.h"
#include "tensorflow/c/ops.h"

// From tensorflow/c/kernels.h, as in run.h.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*, void* (*)(TF_OpKernelConstruction*),
                                      void (*)(void*, TF_OpKernelContext*), void (*)(void*));
void TF_RegisterKernelBuilder(const char*, TF_KernelBuilder*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction*, const char*, int64_t*, TF_Status*);
}

namespace descent {

// How the rows of an attention are divided: the attributes of its operations.
struct Division {
  int64_t heads, context;
};

// How many inputs there are, in the name that TensorFlow has for it.
constexpr char kCountName[] = "N";
struct Inputs {
  int64_t count;
};

// Which factors of a product lie transposed.
struct Turned {
  bool first, second;
};

// What an operation reads of its attributes, once for all runs with the same.
template <typename Attributes>
struct Settings;
template <>
struct Settings<Division> {
  static constexpr std::initializer_list<const char*> kNames = {"heads", "context"};
  static Division From(const int64_t* values) { return {values[0], values[1]}; }
};
template <>
struct Settings<Inputs> {
  static constexpr std::initializer_list<const char*> kNames = {kCountName};
  static Inputs From(const int64_t* values) { return {values[0]}; }
};
template <>
struct Settings<Turned> {
  static constexpr std::initializer_list<const char*> kNames = {"first", "second"};
  static Turned From(const int64_t* values) { return {values[0] != 0, values[1] != 0}; }
};
template <>
struct Settings<int64_t> {
  static constexpr std::initializer_list<const char*> kNames = {"size"};
  static int64_t From(const int64_t* values) { return values[0]; }
};
struct None {};
template <>
struct Settings<None> {
  static constexpr std::initializer_list<const char*> kNames = {};
  static None From(const int64_t*) { return {}; }
};

template <typename Attributes>
void* Create(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  std::vector<int64_t> values;
  for (const char* name : Settings<Attributes>::kNames) {
    TF_OpKernelConstruction_GetAttrInt64(construction, name, &values.emplace_back(), status);
  }
  TF_DeleteStatus(status);
  return new Attributes(Settings<Attributes>::From(values.data()));
}

template <typename Attributes>
void Delete(void* attributes) { delete static_cast<Attributes*>(attributes); }

// No exception leaves an operation: TensorFlow's callers get a status.
template <typename Compute>
void Guard(TF_OpKernelContext* context, Compute compute) {
  Run run(context);
  try {
    compute(run);
  } catch (const std::invalid_argument& problem) {
    run.Fail(TF_INVALID_ARGUMENT, problem.what());
  } catch (const std::bad_alloc&) {
    run.Fail(TF_RESOURCE_EXHAUSTED, "there is not enough memory");
  } catch (const std::exception& problem) {
    run.Fail(TF_INTERNAL, problem.what());
  }
}
template <void (*compute)(Run&)>
void Compute(void*, TF_OpKernelContext* context) { Guard(context, compute); }
template <typename Attributes, void (*compute)(Run&, Attributes)>
void ComputeWith(void* attributes, TF_OpKernelContext* context) {
  Guard(context, [&](Run& run) { compute(run, *static_cast<std::remove_reference_t<Attributes>*>(attributes)); });
}

struct Operation {
  const char* name;
  std::vector<const char*> inputs, outputs;
  void (*compute)(void*, TF_OpKernelContext*);
};

template <typename Attributes = None>
std::string Register(const Operation& operation) {
  const std::unique_ptr<TF_Status, void (*)(TF_Status*)> status(TF_NewStatus(), TF_DeleteStatus);
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* name : Settings<Attributes>::kNames)
    TF_OpDefinitionBuilderAddAttr(definition, (name + std::string(name == kCountName ? ": int >= 1" : ": int")).c_str());
  TF_RegisterOpDefinition(definition, status.get());
  if (TF_GetCode(status.get()) != TF_OK) return TF_Message(status.get());
  TF_KernelBuilder* kernel =
      TF_NewKernelBuilder(operation.name, "CPU", Create<Attributes>, operation.compute, Delete<Attributes>);
  TF_RegisterKernelBuilder(operation.name, kernel, status.get());
  return TF_GetCode(status.get()) == TF_OK ? "" : TF_Message(status.get());
}

}  // namespace descent
