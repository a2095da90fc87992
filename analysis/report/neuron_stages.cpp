#include "analysis/report/neuron_stages.hpp"

namespace analysis {

NeuronStages neuron_stages(const std::string& model) {
  if (model == "BilinearNet") return {"before the product", "after the product"};
  return {"before the relu", "after the relu"};
}

}  // namespace analysis
