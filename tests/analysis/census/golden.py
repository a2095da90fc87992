"""What SciPy says of the samples in intervals_test.cpp and rank_correlation_test.cpp, whose figures are this script's output:

python3 tests/analysis/census/golden.py      (pip install scipy)
"""

import numpy
from scipy import stats

SAMPLE = [0.31, 2.7, 0.05, 1.9, 0.66, 8.1, 0.42, 3.3, 0.9, 1.1, 0.27, 5.2, 0.58, 0.74, 2.2]
X = [1, 4, 4, 5, 5, 6, 1, 9]
Y = [0.1, 0.9, 0.4, 0.4, 0.2, 0.7, 0.1, 0.3]

print("percentile bootstrap of the median, ends over 20 generators: mean and standard deviation")
ends = [stats.bootstrap((SAMPLE,), numpy.median, n_resamples=2000, method="percentile", rng=seed).confidence_interval
        for seed in range(20)]
print(numpy.mean(ends, axis=0), numpy.std(ends, axis=0))

print("quantiles .1 .25 .5 .9 of the sample:", numpy.quantile(SAMPLE, [0.1, 0.25, 0.5, 0.9]))
print("Spearman:", stats.spearmanr(X, Y).statistic)
test = stats.permutation_test((Y,), lambda y: stats.spearmanr(X, y).statistic, permutation_type="pairings", n_resamples=numpy.inf)
print("all 40320 permutations: p", test.pvalue, "central 95%", numpy.quantile(test.null_distribution, [0.025, 0.975]))
