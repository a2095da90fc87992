#pragma once

#include <string>
#include <vector>

namespace analysis {

/// A column of the published universality table.
struct PaperColumn {
  enum class Format { percent, scientific, fixed };  ///< {:.2%}, {:.2e}, {:.2f}
  const char* title;
  const char* key;  ///< of summary_metrics.json
  Format format;
  bool of_group;  ///< whether rows of a group have it too, not rows of a run alone
};

/// Test Loss, Exc. Loss, Res. Loss, Logit FVE, W_a, W_b, W_U, MLP, MLP rho(ab) FVE. A transformer's W_a and
/// W_b are its one embedding.
const std::vector<PaperColumn>& paper_columns();

/// The figure as the published tables print it: "95.18%", "2.67e-07", "9.42"; "–" for NaN.
std::string paper_text(const PaperColumn& column, double value);

/// Names of irreps as the published tables print them: joined by ", ", less freq_, s5_, s6_, a5_, and _ as -.
std::string paper_text(const std::vector<std::string>& irreps);

}  // namespace analysis
