"""Cases files that several tests share."""

from __future__ import annotations

MANY = """case_id,basis,deadline_days,procurement,owned,mix,deadline_from,site_setup_usd,overhead,rules,workload
a,upfront,90,,,1,,,,,
b,upfront,97,buy,,1,,,,,
c,amortised,61,,,1,,,,,
d,rental,120,,,1,,,1.3,,
e,upfront,250,own,a100=672,1,,,,,
f,upfront,20,,a100=16,2,,333.3351,,,dense-small
g,upfront,211,buy,,1,order,0.01,,diffusion-2025,moe-10k
"""

VAIN = """case_id,country,max_mw,deadline_days,budget_usd,max_tpp,max_accelerators,deadline_from,use,workload,\
procurement,max_energy_gwh,max_carbon_t,max_capital_usd
a,BR,0.5,60,,,,,,,,,,
b,BR,,60,,3e6,,,,,,,,
c,BR,,60,,,64,,,,,,,
d,BR,,90,1e6,,,,,,,,,
e,MX,1,60,,,,order,,,,,,
f,BR,0.3,100,2e7,,,order,h100,,,,,
g,BR,0.0001,30,,,,,rtx4090,dense-small,,,,
h,CN,,30,,,,,rtx4090,,,,,
i,BR,0.5,60,1e6,,,,,,,,,
j,MX,1,30,2.5e7,1e7,250,,,,,,,
k,BR,0.6,120,,,,,,,,0.3,,
l,MX,0.6,120,,,,,,,,,50,
m,BR,0.6,120,,,,,,,buy,,,1e6
"""

MIXED = """case_id,country,max_mw,deadline_days,workload
one,BR,0.6,90,
two,BR,-1,90,
three,BR,0.5,60,
four,Atlantis,0.6,90,
five,MX,2,120,dense-small
six,BR,1 MV,0,
seven,BR,0.6
eight,CN,0.6,90,moe-10k
"""
