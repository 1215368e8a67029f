"""The headline of the report on the embedded case, in a few lines; run by `make test-slow`."""

import workshare as ws

region = ws.read_region("lithium")
result = ws.coordinate(region, scenarios=["least_cost"])
loss = result.price_of_non_coordination
print(f"{region.title}: {loss['value']:,.0f} M {region.currency} a year are lost uncoordinated,")
print(f"{100 * loss['share_of_gdp']:.3f} % of the participants' GDP; status {result.status}")
print(result.frame().round(0).T)
