#include <iostream>

#include "group/elements/families.hpp"

int main() {
  const group::FiniteGroup s4 = group::symmetric_group(4);
  std::cout << s4.name() << " has " << s4.order() << " elements\n";
}
