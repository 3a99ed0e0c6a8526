"""What was decided by hand of the national projects: which rows are one project, which run is whose.

For ``projects.py``.

Every choice has its reason beside it, or in the note of the row that it is about.
"""

SKIPPED = {
    "OpenEuroLLM": "a programme of many countries without a size or a site",
    "GIA / Bagualu": "the tracker's country looks wrong",
    "no national model known to us (Coatlicue is hardware)": "no project",
    "Canadian Sovereign AI Compute Strategy": "a strategy without a figure that was seen",
    "Diella and the EU process": "no model of its own",
    "Kiswahili model": "announced, without a figure",
    "Karnak": "announced, without a figure",
    "Karnak (national LLM)": "announced, without a figure",
    "Motif (replacement team)": "without a figure",
    "HyperCLOVA X Think / omni": "without a figure",
    "Ukrainian national LLM": "in training, tokens and hardware not published",
    "aLLMA and corpora": "encoders: 6 x parameters x tokens is no measure",
    "Soket, Gnani, Gan AI and others": "several projects in one row",
    "Aramco Metabrain": "internal to a company",
    "Falcon 40B (TII)": "the row of national models has it",
    "MzansiLM": "no address of its page is kept",
    "Latam-GPT 50B": "the size that was announced; it was released with 70B, and its run has a row",
    "Latam-GPT (CENIA)": "the same announcement",
}
"""Rows of the raw tables that are no case, with the reason."""

SAME_PROJECT = {
    "Sarvam-M, Sarvam 30B and 105B": "Sarvam 30B and 105B",
    "BharatGen (to 1T)": "BharatGen (IIT Bombay)",
    "SEA-LION v4 (27B)": "SEA-LION / National Multimodal LLM Programme",
    "ThaiLLM": "ThaiLLM (BDI)",
}
"""National model -> the row of national projects that is the same."""

COUNTRIES = {"EuroLLM-22B": "ES", "BLOOM 176B": "FR"}
"""Models of several countries: that of the machine that they were trained on (MareNostrum 5, Jean Zay)."""

IDS = {
    "BLOOM 176B": "bloom-176b",
    "Sarvam-M, Sarvam 30B and 105B": "sarvam-105b",
    "BharatGen (to 1T)": "bharatgen-1t",
    "SEA-LION v4 (27B)": "sea-lion-v4-27b",
    "PLLuM (8B to 70B)": "pllum-70b",
    "PULI (GPTrio 7B)": "puli-7b",
    "Swallow 70B": "swallow-70b-2024",
    "KazLLM 8B / 70B": "kazllm-70b",
    "Jais 30B / 70B": "jais-30b",
    "Airavata, IndicTrans": "airavata-7b",
    "Universidad de Tarapaca HPC centre (Latam-GPT)": "tarapaca-cluster",
    "Nuevo Leon NVIDIA cloud partner (AI-GDC/CIPRE)": "nuevo-leon-cloud",
    "Santos Dumont upgrade (SDumont 2nd), LNCC": "santos-dumont",
    "Corfo AI supercomputing centres (SCAI-LAB; PUCV-USM-Tecnoera)": "corfo-centres",
    "G42 Santa Marta data centres (BioNube)": "santa-marta",
    "HIVE BUZZ AI Cloud Asuncion + Yguazu": "hive-yguazu",
    "Indosat 32 GB200 NVL72 racks, Jakarta": "indosat-gb200",
    "Indosat-NVIDIA AI centre, Solo": "indosat-solo",
    "Stargate Argentina (OpenAI, Sur Energy)": "stargate-argentina",
    "Nexus AI Factory (Nexus, NVIDIA, Naver, Lloyds Capital)": "nexus-morocco",
    "YTL AI Cloud and ILMU, Kulai": "ytl-kulai",
    "Data Vault / Telenor AI cloud, Karachi": "telenor-karachi",
    "Google Cloud / Turkcell Ankara region": "turkcell-ankara",
    "National AI Compute Centre": "ghana-compute-centre",
    "National AI facility": "rwanda-facility",
    "National AI Lab": "el-salvador-lab",
    "Servernah AI Factory (Atlancis, iXAfrica)": "servernah-kenya",
    "AILO-ALBS AI factory, Amman": "ailo-amman",
    "Two national AI clusters": "uzbekistan-clusters",
    "National supercomputer (with China)": "tunisia-supercomputer",
    "Antel AI data centre": "antel-uruguay",
    "Greenland data centre": "barbados-greenland",
}
"""Short names in place of those that the title would make."""

ACCELERATORS = {
    "GH200": ("gh200", True),
    "MI250X": ("mi250x", True),
    "H200": ("h200_sxm_141", True),
    "B300": ("b300_sxm_288", True),
    "GB200": ("gb200_nvl72", True),
    "GB200 NVL72": ("gb200_nvl72", True),
    "GB300": ("gb300_nvl72", True),
    "B200": ("b200_sxm_180", True),
    "H100": ("h100_sxm5_80", False),
    "A100": ("a100_sxm4_80", False),
    "V100": ("v100_sxm2_32", False),
}
"""As published -> accelerator id, and whether the form is sure: of an H100 or A100 without more, SXM is taken."""

COSTS_EUR = {"GPT-NL": "13500000", "AMALIA": "5500000"}
"""Budgets seen in a copy of the page, in euros."""

SCOPES_BY_HAND = {"BharatGen (to 1T)": "whole_programme"}
"""What published hours cover where the way does not say it."""

COST_COVERS = {
    "Sarvam 30B and 105B": "rent of 4,096 H100 for two models, of which 98.68 crore INR are a subsidy",
    "BharatGen (IIT Bombay)": "accelerator-hours of a year for a family of models up to 1T parameters",
    "SEA-LION / National Multimodal LLM Programme": "two years of a programme: people, data, several models",
    "ThaiLLM (BDI)": "18 months of a programme: people, data, hosting",
    "LatamGPT 70B (CPT)": "the run",
    "Universidad de Tarapaca HPC centre (Latam-GPT)": "the machines",
    "Indosat 32 GB200 NVL72 racks, Jakarta": "the machines",
    "Coatlicue": "the machines and their building",
    "Clementina XXI": "5M the machines, 2M the site",
}
"""What a published sum pays for, where it is not the whole project."""

MONEY_NO_LIMIT = {
    "Nuevo Leon NVIDIA cloud partner (AI-GDC/CIPRE)": "ten years; the 500 GPUs and the 1 MW are the first stage only",
    "G42 Santa Marta data centres (BioNube)": "connectivity and energy, not the machines",
    "Google Cloud / Turkcell Ankara region": "2bn of Google over ten years and 1bn of Turkcell for a cloud region",
    "IndiaAI Mission": "five years of a programme; the machines belong to private operators",
    "Corfo AI supercomputing centres (SCAI-LAB; PUCV-USM-Tecnoera)": "the public part of two centres over five years",
    "FPT AI Factory": "sites in two countries",
    "Cassava AI factory": "12,000 accelerators in several countries",
    "Tayra / BIOS reactivation": "a refit of a machine that is there",
}
"""Money that is no limit of a case, as it is not for machines that stand at one site: what it is for.

By rule, for all rows: a published sum is a limit where it buys the machines, or the machines and their building, of one
site; not where it pays years of a programme, several sites, or something else.
"""

POWER_NO_LIMIT = {
    "Two national AI clusters": "two clusters together; another page has about 1 MW for each",
    "G42 Santa Marta data centres (BioNube)": "several data centres together",
}
"""Power that is no limit of a case, as it is that of several sites together: whose it is."""

RUNS = {
    "Apertus 70B": "Apertus-70B (Switzerland)",
    "BLOOM 176B": "BLOOM-176B",
    "Luminous-supreme": "Luminous-supreme 70B",
    "YaLM 100B": "YaLM-100B",
    "Falcon-40B": "Falcon-40B",
    "SEA-LION 7B v1": "SEA-LION v1 7B",
    "Solar Open 100B": "Solar Open 100B (Korea)",
}
"""National model -> its row of real_runs.csv, or of raw/world/further_runs.csv."""

MODELS_OF_RUNS = {
    "SEA-LION v1 3B": ("sea-lion-v1-3b", "SG", "AI Singapore", "pretrain", "", "2023"),
    "Llama-SEA-LION-v2-8B (CPT)": ("sea-lion-v2-8b", "SG", "AI Singapore", "continued", "Llama 3 8B", "2024"),
    "Llama-SEA-LION-v3-8B (CPT)": ("sea-lion-v3-8b", "SG", "AI Singapore", "continued", "Llama 3.1 8B", "2024"),
    "Gemma-SEA-LION-v3-9B (CPT)": ("sea-lion-v3-9b", "SG", "AI Singapore", "continued", "Gemma 2 9B", "2024"),
    "Llama-SEA-LION-v3-70B (CPT, second stage)": (
        *("sea-lion-v3-70b", "SG", "AI Singapore", "continued", "Llama 3.1 70B", "2024"),
    ),
    "Llama 3.3 Swallow 70B (CPT)": ("swallow-70b", "JP", "Science Tokyo", "continued", "Llama 3.3 70B", "2025"),
    "PLaMo-13B": ("plamo-13b", "JP", "Preferred Networks", "pretrain", "", "2023"),
    "EXAONE Deep/3.5 32B": ("exaone-32b", "KR", "LG AI Research", "pretrain", "", "2024"),
    "GLM-130B": ("glm-130b", "CN", "Tsinghua University", "pretrain", "", "2022"),
    "Meditron-70B (CPT)": ("meditron-70b", "CH", "EPFL", "continued", "Llama 2 70B", "2023"),
    "Komodo-7B (Indonesia, CPT)": ("komodo-7b", "ID", "Yellow.ai", "continued", "Llama 2 7B", "2024"),
    "LatamGPT 70B (CPT)": ("latamgpt-70b", "CL", "CENIA", "continued", "Llama 3.1 70B", "2026"),
}
"""Runs of national models of which the table of models has nothing more: id, country, developer, way, base, year."""

WORKLOADS = {
    "apertus-8b": "apertus-8b",
    "apertus-70b": "apertus-70b",
    "bloom-176b": "bloom-176b",
    "eurollm-22b": "eurollm-22b",
    "falcon-40b": "falcon-40b",
    "falcon-180b": "falcon-180b",
    "glm-130b": "glm-130b",
    "inkubalm-0-4b": "inkubalm-0.4b",
    "jais-30b": "jais-30b",
    "latamgpt-70b": "latam-gpt-70b",
    "meditron-70b": "meditron-70b",
    "poro-34b": "poro-34b",
    "sea-lion-7b-v1": "sea-lion-7b",
    "sea-lion-v2-8b": "sea-lion-v2-8b",
    "sea-lion-v3-8b": "sea-lion-v3-8b",
    "sea-lion-v3-70b": "sea-lion-v3-70b",
    "sea-lion-v4-27b": "sea-lion-v4-27b",
    "solar-open-100b": "solar-open-100b",
    "swallow-70b": "llama-3.3-swallow-70b",
    "yalm-100b": "yalm-100b",
}
"""National model -> the row of workloads.csv that is the same model: its size and tokens come from there."""

DIFFERS = {
    "sea-lion-v3-70b": "The run is the second of two stages, on other machines: 162 of the 200 billion tokens",
}
"""Why the figures of a run are not those of its workload."""

PARTS = {
    "Apertus 70B": "4 million further hours, of experiments and restarts, are published in addition to these 6 million",
    "YaLM 100B": "No reason is published; today's law denies every accelerator",
    "Falcon-40B": "It was trained in a cloud abroad; today's plan is for a site in the country. Ours is for 41.8B"
    " parameters, as its configuration counts them; the dataset of the run rounds them to 40B",
    "SEA-LION 7B v1": "A plan has no factor for the size of a model on A100; this one is small",
    "SEA-LION v1 3B": "A plan has no factor for the size of a model on A100; this one is small",
    "Solar Open 100B": "480 B200 for three months was the plan of the whole programme; a plan of ours is the run alone",
    "PLaMo-13B": "It reports an MFU of 41 %, its hours give 30 % of the peak",
    "Llama-SEA-LION-v3-8B (CPT)": "The factor for small models comes from runs on H100 and H800; this one was on H200",
    "Llama 3.3 Swallow 70B (CPT)": "Its precision was not seen and BF16 is compared; in FP8 ours would be fewer hours",
    "EXAONE Deep/3.5 32B": "The published hours are 512 accelerators times about three months",
    "LatamGPT 70B (CPT)": "The money rents a cloud abroad; in Chile no accelerator is on offer, so today's plan buys,"
    " and pays a team",
}
"""What is known of why ours parts from what was published, from the notes of the rows; nothing where none is."""
