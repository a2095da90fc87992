#pragma once

#include <string>
#include <vector>

namespace analysis::certificate_check {

/// (n, n): the index of x*y, that is of i -> y(x(i)); rows are x.
/// @param elements  one-line permutations
/// @param wrong  set to what is wrong where a list is no permutation, repeats another, or a product is
/// missing
std::vector<int> permutation_table(const std::vector<std::vector<int>>& elements, std::string& wrong);

/// C_n: addition; D_n: r^i s^f at f n + i, with s r = r^-1 s.
std::vector<int> turning_table(int turns, bool dihedral);

/// What is wrong with a table that does not hold every class once in each row and column; empty for one that
/// does.
std::string latin_square_fault(const std::vector<int>& table, int n);

}  // namespace analysis::certificate_check
