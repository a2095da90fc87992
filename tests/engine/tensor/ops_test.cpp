#include "engine/tensor/ops.hpp"

#include <functional>

#include "engine/device/error.hpp"
#include "engine/test_tensors.hpp"

using engine::real, engine::Shape, engine::ShapeError, engine::Tensor, engine::Trans;
using test::Numbers;

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("matmul: hand value in all transpose cases", On, ON_DEVICES) {
  DEVICE(device);
  const std::vector<real> a{1, 2, 3, 4, 5, 6}, a_t{1, 4, 2, 5, 3, 6};    // (2,3)
  const std::vector<real> b{1, 0, 2, -1, 1, 3}, b_t{1, 2, 1, 0, -1, 3};  // (3,2)
  const std::vector<real> c{8, 7, 20, 13};
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const Tensor left = ta ? Tensor::from({1, 3, 2}, a_t, device) : Tensor::from({1, 2, 3}, a, device);
      const Tensor right = tb ? Tensor::from({1, 2, 3}, b_t, device) : Tensor::from({1, 3, 2}, b, device);
      CHECK(matmul(left, right, ta ? Trans::yes : Trans::no, tb ? Trans::yes : Trans::no).to_host() == c);
    }
  }
}

TEST_CASE_TEMPLATE("matmul: equals the plain triple loop at sizes of several blocks", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(2);
  struct Sizes {
    int m, n, k;
  };
  for (const auto [rows, cols, inner] : {Sizes{131, 77, 523}, Sizes{36, 40, 516}, Sizes{17, 33, 259}}) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        const std::int64_t m = rows, n = cols, k = inner;
        const Tensor a = numbers.tensor(ta ? Shape{2, inner, rows} : Shape{2, rows, inner}, device);
        const Tensor b = numbers.tensor(tb ? Shape{2, cols, inner} : Shape{2, inner, cols}, device);
        const std::vector<real> left = a.to_host(), right = b.to_host(),
                                c = matmul(a, b, ta ? Trans::yes : Trans::no, tb ? Trans::yes : Trans::no)
                                        .to_host();
        double worst = 0;
        for (int r = 0; r < 2; ++r) {
          for (std::int64_t i = 0; i < m; ++i) {
            for (std::int64_t j = 0; j < n; ++j) {
              double sum = 0;
              for (std::int64_t p = 0; p < k; ++p) {
                const auto at_a = static_cast<std::size_t>(r * m * k + (ta ? p * m + i : i * k + p));
                const auto at_b = static_cast<std::size_t>(r * k * n + (tb ? j * k + p : p * n + j));
                sum += static_cast<double>(left[at_a]) * static_cast<double>(right[at_b]);
              }
              const auto at_c = static_cast<std::size_t>((r * m + i) * n + j);
              worst = std::max(worst, std::abs(sum - static_cast<double>(c[at_c])));
            }
          }
        }
        CHECK(worst < (sizeof(real) == 8 ? 1e-12 : 1e-4));
      }
    }
  }
}

TEST_CASE_TEMPLATE("matmul: gradient in all transpose cases, several replicas", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(1);
  for (const Trans ta : {Trans::no, Trans::yes}) {
    for (const Trans tb : {Trans::no, Trans::yes}) {
      const Shape a = ta == Trans::no ? Shape{2, 5, 4} : Shape{2, 4, 5};
      const Shape b = tb == Trans::no ? Shape{2, 4, 3} : Shape{2, 3, 4};
      test::check_gradient([=](const auto& in) { return matmul(in[0], in[1], ta, tb); },
                           {numbers.tensor(a, device), numbers.tensor(b, device)});
    }
  }
}

TEST_CASE("matmul: shapes that do not fit are named") {
  const Tensor a = Tensor::zeros({1, 4, 7}), b = Tensor::zeros({1, 6, 2});
  CHECK_THROWS_WITH_AS(matmul(a, b), "matmul: inner sizes differ: (4,7) x (6,2)", ShapeError);
  CHECK_THROWS_AS(matmul(a, Tensor::zeros({2, 7, 2})), ShapeError);
}

TEST_CASE_TEMPLATE("gather_rows: hand value, scatter-add of repeated rows", On, ON_DEVICES) {
  DEVICE(device);
  Tensor table = Tensor::from({1, 3, 2}, std::vector<real>{1, 2, 3, 4, 5, 6}, device);
  table.set_requires_grad();
  const engine::RowIndex index(1, 3, {2, 0, 2, 2}, device);
  const Tensor rows = gather_rows(table, index);
  CHECK(rows.to_host() == std::vector<real>{5, 6, 1, 2, 5, 6, 5, 6});
  backward(sum(rows));
  CHECK(table.grad_to_host() == std::vector<real>{1, 1, 0, 0, 3, 3});
}

TEST_CASE_TEMPLATE("gather_rows: gradient", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(2);
  const engine::RowIndex index(2, 5, numbers.integers(2 * 7, 5), device);
  test::check_gradient([&](const auto& in) { return gather_rows(in[0], index); },
                       {numbers.tensor({2, 5, 3}, device)});
}

TEST_CASE("gather_rows: an index out of range, or for another table, is refused") {
  CHECK_THROWS_WITH_AS(engine::RowIndex(1, 3, {0, 3}), "row index: entry 3 is outside [0,3)", ShapeError);
  CHECK_THROWS_AS(engine::RowIndex(1, 3, {-1}), ShapeError);
  CHECK_THROWS_AS(engine::RowIndex(2, 3, {0, 1, 2}), ShapeError);
  CHECK_THROWS_AS(gather_rows(Tensor::zeros({1, 4, 2}), engine::RowIndex(1, 3, {0})), ShapeError);
}

TEST_CASE_TEMPLATE("pair_sum: equals the sum of two gathers", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(3);
  const Tensor a = numbers.tensor({2, 6, 5}, device), b = numbers.tensor({2, 4, 5}, device);
  const engine::RowIndex x(2, 6, numbers.integers(2 * 9, 6), device),
      y(2, 4, numbers.integers(2 * 9, 4), device);
  CHECK(pair_sum(a, b, x, y).to_host() == add(gather_rows(a, x), gather_rows(b, y)).to_host());
  test::check_gradient([&](const auto& in) { return pair_sum(in[0], in[1], x, y); }, {a, b});
}

TEST_CASE("pair_sum: error cases") {
  const Tensor a = Tensor::zeros({1, 3, 2});
  const engine::RowIndex x(1, 3, {0, 1}), longer(1, 3, {0, 1, 2});
  CHECK_THROWS_AS(pair_sum(a, a, x, longer), ShapeError);
  CHECK_THROWS_AS(pair_sum(a, Tensor::zeros({1, 3, 4}), x, x), ShapeError);
}

TEST_CASE_TEMPLATE("concat and slice: hand values", On, ON_DEVICES) {
  DEVICE(device);
  const Tensor a = Tensor::from({1, 2, 2}, std::vector<real>{1, 2, 3, 4}, device);
  const Tensor b = Tensor::from({1, 2, 1}, std::vector<real>{5, 6}, device);
  CHECK(concat_cols(a, b).to_host() == std::vector<real>{1, 2, 5, 3, 4, 6});
  CHECK(concat_rows(a, a).to_host() == std::vector<real>{1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(slice_cols(a, 1, 1).to_host() == std::vector<real>{2, 4});
  CHECK(slice_rows(a, 1, 1).to_host() == std::vector<real>{3, 4});
}

TEST_CASE_TEMPLATE("concat and slice: gradients, several replicas", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(4);
  const Tensor a = numbers.tensor({2, 3, 4}, device), b = numbers.tensor({2, 3, 2}, device),
               c = numbers.tensor({2, 5, 4}, device);
  test::check_gradient([](const auto& in) { return concat_cols(in[0], in[1]); }, {a, b});
  test::check_gradient([](const auto& in) { return concat_rows(in[0], in[1]); }, {a, c});
  test::check_gradient([](const auto& in) { return slice_cols(in[0], 1, 2); }, {a});
  test::check_gradient([](const auto& in) { return slice_rows(in[0], 2, 3); }, {c});
}

TEST_CASE("concat and slice: error cases") {
  const Tensor a = Tensor::zeros({1, 2, 3});
  CHECK_THROWS_AS(concat_cols(a, Tensor::zeros({1, 3, 3})), ShapeError);
  CHECK_THROWS_AS(concat_rows(a, Tensor::zeros({1, 2, 2})), ShapeError);
  CHECK_THROWS_AS(slice_cols(a, 2, 2), ShapeError);
  CHECK_THROWS_AS(slice_cols(a, -1, 2), ShapeError);
  CHECK_THROWS_AS(slice_rows(a, 0, 0), ShapeError);
}

TEST_CASE_TEMPLATE("add, multiply, scale, relu: hand values", On, ON_DEVICES) {
  DEVICE(device);
  const Tensor a = Tensor::from({1, 1, 3}, std::vector<real>{-1, 0, 2}, device);
  const Tensor b = Tensor::from({1, 1, 3}, std::vector<real>{3, 4, 5}, device);
  CHECK(add(a, b).to_host() == std::vector<real>{2, 4, 7});
  CHECK(multiply(a, b).to_host() == std::vector<real>{-3, 0, 10});
  CHECK(scale(a, -2).to_host() == std::vector<real>{2, 0, -4});
  CHECK(relu(a).to_host() == std::vector<real>{0, 0, 2});
}

TEST_CASE_TEMPLATE("add, multiply, scale, relu: gradients", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(5);
  const Tensor a = numbers.tensor({2, 3, 4}, device), b = numbers.tensor({2, 3, 4}, device);
  test::check_gradient([](const auto& in) { return add(in[0], in[1]); }, {a, b});
  test::check_gradient([](const auto& in) { return multiply(in[0], in[1]); }, {a, b});
  test::check_gradient([](const auto& in) { return multiply(in[0], in[0]); }, {a});
  test::check_gradient([](const auto& in) { return scale(in[0], static_cast<real>(-1.5)); }, {a});
  test::check_gradient([](const auto& in) { return relu(in[0]); }, {a});
}

TEST_CASE_TEMPLATE("relu: passes NaN on", On, ON_DEVICES) {
  DEVICE(device);
  const Tensor x = Tensor::from({1, 1, 1}, std::vector<real>{static_cast<real>(std::nan(""))}, device);
  CHECK(std::isnan(relu(x).to_host()[0]));
}

TEST_CASE("add, multiply: shapes that differ are named") {
  const Tensor a = Tensor::zeros({1, 2, 3}), b = Tensor::zeros({1, 3, 2});
  CHECK_THROWS_WITH_AS(add(a, b), "add: shapes differ: (2,3) x (3,2)", ShapeError);
  CHECK_THROWS_AS(multiply(a, Tensor::zeros({2, 2, 3})), ShapeError);
}

TEST_CASE_TEMPLATE("reductions: hand values", On, ON_DEVICES) {
  DEVICE(device);
  const Tensor x = Tensor::from({2, 2, 3}, std::vector<real>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, device);
  CHECK(sum_rows(x).to_host() == std::vector<real>{5, 7, 9, 17, 19, 21});
  CHECK(sum_cols(x).to_host() == std::vector<real>{6, 15, 24, 33});
  CHECK(sum(x).to_host() == std::vector<real>{21, 57});
  CHECK(mean(x).to_host() == std::vector<real>{3.5, 9.5});
}

TEST_CASE_TEMPLATE("reductions: gradients", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(6);
  const Tensor x = numbers.tensor({2, 4, 5}, device);
  test::check_gradient([](const auto& in) { return sum_rows(in[0]); }, {x});
  test::check_gradient([](const auto& in) { return sum_cols(in[0]); }, {x});
  test::check_gradient([](const auto& in) { return sum(in[0]); }, {x});
  test::check_gradient([](const auto& in) { return mean(in[0]); }, {x});
}

TEST_CASE_TEMPLATE("reshape: a view whose gradient is the source's", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(7);
  const Tensor x = numbers.tensor({1, 4, 6}, device);
  CHECK(x.reshape({2, 2, 6}).to_host() == x.to_host());
  test::check_gradient([](const auto& in) { return relu(in[0].reshape({2, 3, 4})).reshape({1, 6, 4}); }, {x});
  CHECK_THROWS_AS(x.reshape({1, 5, 5}), ShapeError);
}

TEST_CASE("tensor: sizes and counts are checked") {
  CHECK_THROWS_AS(Tensor::zeros({1, 0, 3}), ShapeError);
  CHECK_THROWS_AS(Tensor::zeros({1, 2, -3}), ShapeError);
  CHECK_THROWS_AS(Tensor::from({1, 2, 2}, std::vector<real>{1, 2, 3}), ShapeError);
  CHECK_THROWS_AS(Tensor::zeros({1, 1, 1}).grad_to_host(), ShapeError);
  CHECK_THROWS_AS(backward(Tensor::zeros({1, 1, 1})), ShapeError);
}

TEST_CASE("program: a replay follows the leaves, a gradient is set anew, a detached view gets none") {
  Tensor x = Tensor::from({1, 1, 2}, std::vector<real>{1, 2});
  x.set_requires_grad();
  const engine::Program program(sum(multiply(x, x.detach())));
  CHECK(program.output().to_host()[0] == 5);
  x.copy_from(std::vector<real>{3, 4});
  program.forward();
  CHECK(program.output().to_host()[0] == 25);
  program.backward();
  program.backward();
  CHECK(x.grad_to_host() == std::vector<real>{3, 4});
}

TEST_CASE_TEMPLATE("program: parts of a gradient add up, by ops that overwrite and by ops that add", On,
                   ON_DEVICES) {
  DEVICE(device);
  const Tensor w = Tensor::from({2, 2}, std::vector<real>{1, 2, 3, 4}, device);
  Tensor x = Tensor::from({2, 2}, std::vector<real>{1, 0, 2, -1}, device);
  x.set_requires_grad();
  const Tensor rows = slice_rows(x, 1, 1);
  // d sum(w x) / d x(a, b) is the sum of w's column a; d sum(x x) / d x(a, b) that of x's row b and its column a.
  const auto gradient = [&](const Tensor& loss) {
    x.copy_to_grad(std::vector<real>{7, 7, 7, 7});
    backward(loss);
    return x.grad_to_host();
  };
  const std::vector<real> of_product{4, 4, 6, 6}, of_all{6, 6, 9, 9};
  CHECK(gradient(sum(matmul(w, x))) == of_product);
  CHECK(gradient(add(add(sum(matmul(w, x)), sum(scale(x, 2))), sum(rows))) == of_all);
  CHECK(gradient(add(sum(rows), add(sum(scale(x, 2)), sum(matmul(w, x))))) == of_all);
  CHECK(gradient(sum(rows)) == std::vector<real>{0, 0, 1, 1});
  CHECK(gradient(sum(matmul(x, x))) == std::vector<real>{4, 4, 0, 0});
  CHECK(gradient(sum(matmul(w, x.reshape({2, 2})))) == of_product);

  // Once alone and first, once behind another: twice the gradient.
  const engine::Labels labels(1, 2, {1, 0}, device);
  const std::vector<std::function<Tensor()>> losses{
      [&] { return sum(matmul(x, w)); },
      [&] { return sum(matmul(x, w, Trans::yes, Trans::yes)); },
      [&] { return sum(matmul(w, x, Trans::no, Trans::yes)); },
      [&] { return sum(multiply(w, slice_rows(concat_rows(x, w), 0, 2))); },
      [&] { return sum(multiply(w, slice_cols(concat_cols(w, x), 2, 2))); },
      [&] { return sum(split_heads(x, 2)); },
      [&] { return sum(merge_heads(x)); },
      [&] { return cross_entropy(x, labels); },
  };
  for (std::size_t i = 0; i < losses.size(); ++i) {
    CAPTURE(i);
    std::vector<real> twice = gradient(losses[i]());
    for (real& one : twice) one *= 2;
    CHECK(gradient(add(losses[i](), losses[i]())) == twice);
  }
}

TEST_CASE("program: two that share a tensor, in turns") {
  Tensor x = Tensor::from({1, 1, 2}, std::vector<real>{1, 2});
  x.set_requires_grad();
  const Tensor doubled = scale(x, 2);
  const engine::Program linear(sum(doubled)), square(sum(multiply(doubled, doubled)));
  const auto gradient_of = [&](const engine::Program& program) {
    program.backward();
    return x.grad_to_host();
  };
  for (int turn = 0; turn < 2; ++turn) {
    CHECK(gradient_of(linear) == std::vector<real>{2, 2});
    CHECK(gradient_of(square) == std::vector<real>{8, 16});
  }
}

TEST_SUITE_END();
