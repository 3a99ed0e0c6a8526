"""Files of cases and of runs that several tests share."""

from __future__ import annotations

PLAIN = "case_id,country,max_mw,supply\na,BR,0.6,h100=400\nb,MX,2,\n"

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

FURTHER = """name,params_total,params_active,tokens,accelerator,count,days,gpu_hours,precision,source_url
LLaMA-7B,6.7e9,6.7e9,1e12,A100 SXM 80GB,,,82432,BF16,https://arxiv.org/abs/2302.13971
Llama 2 7B,6.74e9,6.74e9,2e12,A100-80GB,,,184320,BF16,https://arxiv.org/abs/2307.09288
Llama 2 13B,1.3e10,1.3e10,2e12,A100-80GB,,,368640,BF16,https://arxiv.org/abs/2307.09288
Llama 3.1 70B,7.06e10,7.06e10,1.5e13,H100-80GB,,,7000000,BF16,https://github.com/meta-llama/llama-models
Granite 3.0 8B,8.17e9,8.17e9,1.2e13,H100,,,832102,BF16,https://github.com/ibm-granite/granite-3.0-language-models
Falcon-180B,1.8e11,1.8e11,3.5e12,A100 SXM 40GB,4096,,7000000,BF16,https://huggingface.co/blog/falcon-180b
"""
"""Runs that the band was not derived from: the golden sums' hours with the published tokens, and Falcon-180B."""

VALUES: dict[str, str] = {
    "case_id": "mine",
    "workload": "dense-small",
    "tokens_t": "2",
    "way": "lora",
    "adapter_params_b": "0.05",
    "context_tokens": "8192",
    "layers": "32",
    "attention_width": "4096",
    "country": "BR",
    "objective": "days",
    "basis": "amortised",
    "max_mw": "2.5",
    "deadline_days": "17w",
    "deadline_from": "order",
    "budget_usd": "50M",
    "max_energy_gwh": "2",
    "max_carbon_t": "500",
    "max_capital_usd": "40M",
    "max_tpp": "1e9",
    "max_training_flop": "1e30",
    "max_accelerators": "400",
    "supply": "h100=256",
    "owned": "a100=16",
    "use": "h100;a100",
    "avoid": "b200",
    "procurement": "buy;own",
    "precision": "bf16",
    "mix": "2",
    "assumptions": "measured",
    "rules": "diffusion-2025",
    "date": "2026-01-01",
    "tax_regime": "redata",
    "import_duty": "0.05",
    "pue": "1.3",
    "peak_pue": "1.4",
    "electricity_usd_per_kwh": "0.07",
    "rent_premium": "0.2",
    "rent": "h100=2:3",
    "evidence": "estimate",
    "overhead": "1.3",
    "staff_fte": "12",
    "engineer_usd_per_year": "60000",
    "buyer": "public",
    "site_setup_usd": "1000",
    "utilisation": "0.8",
}
"""A field of a case -> a value as somebody types it; of the fields that go together."""
