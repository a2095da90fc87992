# What R says of the samples in intervals_test.cpp, survival_test.cpp and rank_correlation_test.cpp, whose figures are this
# script's output:   Rscript tests/analysis/census/golden.R      (Debian: r-base-core, r-cran-survival)
library(survival)
options(digits = 12)

cat("Clopper-Pearson: successes, trials, low, high\n")
for (pair in list(c(0, 10), c(1, 1), c(3, 10), c(77, 100), c(100, 100), c(1234, 2000))) {
  ends <- binom.test(pair[1], pair[2])$conf.int
  cat(pair, format(ends[1]), format(ends[2]), "\n")
}

describe <- function(name, time, happened) {
  cat("\nKaplan-Meier,", name, ": time, at risk, survival, low, high; then quartiles with their ends\n")
  fit <- survfit(Surv(time, happened) ~ 1, conf.type = "log-log")
  write.table(data.frame(fit$time, fit$n.risk, fit$surv, fit$lower, fit$upper), row.names = FALSE, col.names = FALSE)
  q <- quantile(fit, c(0.25, 0.5, 0.75))
  write.table(cbind(q$quantile, q$lower, q$upper), col.names = FALSE)
}
describe("ties and censoring", c(2, 3, 3, 5, 5, 5, 8, 8, 9, 12, 12, 15), c(1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0))
describe("everybody, in pairs", c(1, 1, 2, 2, 3, 3, 4, 4), rep(1, 8))
describe("few of many", c(100, 400, rep(1000, 8)), c(1, 1, rep(0, 8)))
describe("flat at a half", c(10, 20, 30, 40, 50, 60), c(1, 1, 1, 0, 0, 1))

cat("\nSpearman\n")
x <- c(1, 4, 4, 5, 5, 6, 1, 9); y <- c(0.1, 0.9, 0.4, 0.4, 0.2, 0.7, 0.1, 0.3)
cat(format(cor(x, y, method = "spearman")), "\n")
