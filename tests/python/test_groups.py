"""Groups, irreps and transforms against their definitions, computed by NumPy."""

import itertools
import pickle
import threading
import time

import numpy as np
import pytest

import irreplens
from conftest import complaint, program

NAMES = ["s4", "a5", "c7", "d5", "q8", "s3xc4", "perm:(0 1 2 3 4),(1 4)(2 3)"]


@pytest.fixture(params=NAMES)
def g(request):
    return irreplens.Group(request.param)


def test_table_multiplies_the_permutations():
    g = irreplens.Group("s4")
    for x, y in itertools.product(range(24), repeat=2):
        assert (g.elements[g.table[x, y]] == g.elements[y][g.elements[x]]).all()


def test_inverse_identity_orders_and_classes(g):
    everyone = np.arange(g.order)
    assert (g.table[everyone, g.inverse] == g.identity).all()
    assert (g.table[g.identity] == everyone).all()
    for x in everyone:
        power, order = x, 1
        while power != g.identity:
            power, order = g.table[power, x], order + 1
        assert g.element_orders[x] == order
        conjugates = {int(g.table[g.table[g.inverse[y], x], y]) for y in everyone}
        assert conjugates == set(g.classes[g.class_of[x]])


def test_irreps_are_representations(g):
    for irrep in g.irreps:
        rho = irrep.matrices
        assert rho.shape == (g.order, irrep.dimension, irrep.dimension)
        assert not rho.flags.writeable
        np.testing.assert_allclose(rho[g.table], np.einsum("aij,bjk->abik", rho, rho), atol=1e-12)
        np.testing.assert_allclose(np.trace(rho, axis1=1, axis2=2), irrep.character, atol=1e-12)
        assert (rho.dtype == np.float64) or irrep.type != "real"
    assert sum(irrep.dimension**2 for irrep in g.irreps) == g.order


def test_characters_are_orthonormal(g):
    chi = np.array([irrep.character for irrep in g.irreps])
    np.testing.assert_allclose(chi @ chi.conj().T / g.order, np.eye(len(chi)), atol=1e-12)


def test_names_agree_with_the_program():
    table = __import__("json").loads(program("irreps", "s5", "--json"))
    g = irreplens.Group("s5")
    assert [i["name"] for i in table["irreps"]] == g.irreps.names
    assert [tuple(i["partition"]) for i in table["irreps"]] == [i.partition for i in g.irreps]
    np.testing.assert_array_equal([i["characters"] for i in table["irreps"]], g.character_table)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(), (3,)])
def test_fourier_is_its_definition_and_inverse(g, kind, shape):
    f = np.random.default_rng(1).normal(size=(g.order, *shape)).astype(kind)
    coefficients = g.fourier(f)
    for irrep in g.irreps:
        expected = np.einsum("x...,xij->ij...", f.astype(np.float64), irrep.matrices)
        np.testing.assert_allclose(coefficients[irrep.name], expected, atol=1e-10)
    np.testing.assert_allclose(g.inverse_fourier(coefficients), f, atol=1e-6 if kind == np.float32 else 1e-12)


def test_fourier_of_complex_functions():
    g = irreplens.Group("s4")
    f = np.random.default_rng(2).normal(size=(24, 2)) @ [1, 1j]
    np.testing.assert_allclose(g.inverse_fourier(g.fourier(f)), f, atol=1e-12)


def test_projections_and_shares(g):
    f = np.random.default_rng(3).normal(size=(g.order, 4))
    quotient = g.table[:, g.inverse]  # [g, h]: g h^-1
    parts = []
    for block in g.blocks:
        projector = block.dimension / g.order * block.character[quotient]
        parts.append(g.project(block, f))
        np.testing.assert_allclose(parts[-1], projector @ f, atol=1e-12)
        assert np.linalg.matrix_rank(projector, tol=1e-9) == block.size
    np.testing.assert_allclose(sum(parts), f, atol=1e-12)
    total = (f**2).sum()
    np.testing.assert_allclose(list(g.shares(f).values()), [(p**2).sum() / total for p in parts], atol=1e-12)
    by_column = g.shares(f, per_column=True)
    for block, part in zip(g.blocks, parts):
        np.testing.assert_allclose(by_column[block.name], (part**2).sum(0) / (f**2).sum(0), atol=1e-12)
    assert set(g.shares(np.zeros(g.order)).values()) == {0.0}


def test_a_complex_irrep_is_projected_with_its_conjugate():
    g = irreplens.Group("c7")
    f = np.random.default_rng(4).normal(size=7)
    np.testing.assert_array_equal(g.project("freq_5", f), g.project("freq_2", f))
    np.testing.assert_array_equal(g.project(g.irreps["freq_2"], f), g.project(g.irreps.names.index("freq_2"), f))


def test_packed_float64_is_read_in_place():
    from irreplens._arrays import to_float64, to_numpy

    f = np.arange(24.0).reshape(12, 2)
    assert np.shares_memory(to_float64("f", to_numpy("f", f)), f)
    torch = pytest.importorskip("torch")
    t = torch.arange(24, dtype=torch.float64, requires_grad=True)
    assert to_float64("f", to_numpy("f", t)).ctypes.data == t.data_ptr()
    np.testing.assert_array_equal(
        irreplens.Group("s4").fourier(t)["sign"], irreplens.Group("s4").fourier(np.arange(24.0))["sign"]
    )
    assert irreplens.Group("s4").table.base is not None


def test_strides_and_kinds_give_the_same():
    g = irreplens.Group("s4")
    f = np.random.default_rng(5).normal(size=(24, 3))
    expected = g.fourier(f)["standard"]
    for same in (np.asfortranarray(f), np.repeat(f, 2, axis=0)[::2], f.tolist(), f[::-1][::-1]):
        np.testing.assert_array_equal(g.fourier(same)["standard"], expected)


def test_subgroups_and_cosets():
    g = irreplens.Group("s4")
    assert len(g.subgroups) == 30 and len(g.subgroup_classes) == 11
    for h in g.subgroups[::5]:
        members = set(h.elements)
        assert {int(g.table[x, y]) for x in members for y in members} == members
        left, right = h.cosets(), h.cosets("right")
        assert sorted(sum(left, [])) == list(range(24)) == sorted(sum(right, []))
        assert all(set(coset) == {int(g.table[coset[0], y]) for y in members} for coset in left)
        assert all(set(coset) == {int(g.table[y, coset[0]]) for y in members} for coset in right)
        for irrep in g.irreps:
            fixed = irrep.matrices[list(members)].mean(0)
            assert h.fixed_dimensions[irrep.name] == round(np.trace(fixed))


def test_groups_of_tables_generators_and_elements():
    s3 = irreplens.Group("s3")
    by_table = irreplens.Group(table=s3.table.astype(np.int64), labels=s3.labels, name="mine")
    assert by_table.labels == s3.labels and by_table.name == "mine"
    np.testing.assert_array_equal(by_table.table, s3.table)
    assert irreplens.Group(generators=["(0 1 2 3 4)", "(0 1)"]).order == 120
    backwards = irreplens.Group(elements=s3.elements[::-1])
    np.testing.assert_array_equal(backwards.elements, s3.elements[::-1])
    for group in (s3, by_table, backwards, irreplens.Group(generators=["(0 1 2)"]), irreplens.Group("c5")):
        copy = pickle.loads(pickle.dumps(group))
        assert copy.name == group.name and copy.labels == group.labels
        np.testing.assert_array_equal(copy.table, group.table)


def test_all_matrices_of_s6_take_less_than_a_tenth_of_a_second():
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        matrices = [irrep.matrices for irrep in irreplens.Group("s6").irreps]
        seconds.append(time.perf_counter() - start)
        assert sum(m.nbytes for m in matrices) == 8 * 720**2
    assert min(seconds) < 0.1 or __import__("os").environ.get("IRREPLENS_SANITIZE")


def test_threads_share_a_group():
    g = irreplens.Group("s5")
    f = np.random.default_rng(6).normal(size=120)
    results = []

    def work():
        results.append((g.fourier(f)["s5_6d"], g.shares(f), len(g.subgroups), g.irreps["standard"].matrices))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    for result in results:
        np.testing.assert_array_equal(result[0], results[0][0])
        assert result[1:3] == results[0][1:3]


def says(error, *words):
    text = str(error.value)
    assert "\n" not in text
    for word in words:
        assert word in text, text


@pytest.mark.parametrize("name", ["s", "x5", "s99", "s3xx", "", "perm:(0 0)", "c20000", "s5\n"])
def test_names_are_refused_as_the_program_refuses_them(name):
    with pytest.raises(ValueError) as error:
        irreplens.Group(name)
    if name != "s99" and name.strip() == name and name:  # the program knows tables of S_n without elements, to n = 20
        assert str(error.value) in complaint("irreps", name)


def test_bad_groups():
    with pytest.raises(ValueError) as error:
        irreplens.Group(table=np.zeros((3, 4), dtype=int))
    says(error, "table", "(3,4)", "(n,n)")
    with pytest.raises(ValueError) as error:
        irreplens.Group(table=[[0, 1], [1, 1]])
    says(error, "row")
    with pytest.raises(ValueError):
        irreplens.Group(table=[[0.5, 1], [1, 0]])
    with pytest.raises(ValueError):
        irreplens.Group(table=np.zeros((0, 0), dtype=int))
    with pytest.raises(ValueError):
        irreplens.Group(table=[[0, 2**40], [1, 0]])
    with pytest.raises(ValueError):
        irreplens.Group()
    with pytest.raises(ValueError):
        irreplens.Group("s3", table=[[0]], generators=["(0 1)"])
    with pytest.raises(ValueError):
        irreplens.Group(generators=[])
    with pytest.raises(ValueError):
        irreplens.Group(generators=["(0 1", "(0 1)"])
    with pytest.raises(ValueError):
        irreplens.Group(elements=[[0, 1, 2], [1, 0, 2], [0, 2, 1]])
    with pytest.raises(ValueError):
        irreplens.Group(5)
    for text in ("é", "(0 1)\n", "\0", "\ud800"):  # half a character, no line, no text
        with pytest.raises(ValueError) as error:
            irreplens.Group(generators=[text])
        says(error, " ")
    with pytest.raises(FileNotFoundError) as error:
        irreplens.Group("table:/nowhere/klein.csv")
    says(error, "/nowhere/klein.csv")


def test_bad_functions():
    g = irreplens.Group("s4")
    f = np.ones(24)
    with pytest.raises(ValueError) as error:
        g.fourier(np.ones(23))
    says(error, "f: ", "(23,)", "(24,)")
    with pytest.raises(ValueError) as error:
        g.fourier(np.where(np.arange(24) == 5, np.nan, f))
    says(error, "f: ", "(5,)", "nan")
    with pytest.raises(ValueError) as error:
        g.shares(np.array(["a"] * 24))
    says(error, "f: ", "dtype")
    with pytest.raises(ValueError) as error:
        g.project("s4_3d", f)
    says(error, "s4_3d", "standard")
    with pytest.raises(ValueError):
        g.project(-1, f)
    with pytest.raises(ValueError) as error:
        g.inverse_fourier({"sign": [[1.0]]})
    says(error, "trivial", "missing")
    coefficients = g.fourier(f)
    coefficients["standard"] = np.ones((2, 2))
    with pytest.raises(ValueError) as error:
        g.inverse_fourier(coefficients)
    says(error, "standard", "(2,2)", "(3,3)")
    with pytest.raises(ValueError):
        g.cosets([0, 1, 2, 3])
    with pytest.raises(ValueError):
        g.cosets([0, 24])
    with pytest.raises(ValueError):
        g.subgroup(["(7 8)"])
    with pytest.raises(KeyError):
        g.irreps["nonsense"]


def test_a_tensor_on_another_device_is_refused():
    class Far:
        device = "cuda:0"

        def __dlpack_device__(self):
            return (2, 0)

        def __dlpack__(self, **_):
            raise AssertionError("never asked")

    with pytest.raises(ValueError) as error:
        irreplens.Group("s3").fourier(Far())
    says(error, "f: ", "cuda:0", ".cpu()")
