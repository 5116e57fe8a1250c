"""Countries as files write them: by code, in English or in French."""

import re
from functools import lru_cache

from crm.errors import DomainError
from crm.handles import fold

# ISO 3166-1: alpha-2, alpha-3, English, French; several names divided by "/", on several lines
# where they are many. XK is the code in use for Kosovo.
_TABLE = """
AD AND Andorra|Andorre
AE ARE United Arab Emirates/UAE|Émirats arabes unis/EAU
AF AFG Afghanistan|Afghanistan
AG ATG Antigua and Barbuda|Antigua-et-Barbuda
AI AIA Anguilla|Anguilla
AL ALB Albania|Albanie
AM ARM Armenia|Arménie
AO AGO Angola|Angola
AQ ATA Antarctica|Antarctique
AR ARG Argentina|Argentine
AS ASM American Samoa/Samoa (American)|Samoa américaines
AT AUT Austria|Autriche
AU AUS Australia|Australie
AW ABW Aruba|Aruba
AX ALA Åland Islands/Åland|Îles Åland
AZ AZE Azerbaijan|Azerbaïdjan
BA BIH Bosnia and Herzegovina/Bosnia|Bosnie-Herzégovine/Bosnie
BB BRB Barbados|Barbade
BD BGD Bangladesh|Bangladesh
BE BEL Belgium|Belgique
BF BFA Burkina Faso|Burkina Faso
BG BGR Bulgaria|Bulgarie
BH BHR Bahrain|Bahreïn
BI BDI Burundi|Burundi
BJ BEN Benin|Bénin
BL BLM Saint Barthélemy/St Barthelemy|Saint-Barthélemy
BM BMU Bermuda|Bermudes
BN BRN Brunei/Brunei Darussalam|Brunéi/Brunéi Darussalam
BO BOL Bolivia/Bolivia, Plurinational State of|Bolivie/État plurinational de Bolivie
BQ BES Caribbean Netherlands/Bonaire, Sint Eustatius and Saba/Caribbean NL
BQ BES Pays-Bas caribéens/Bonaire, Saint-Eustache et Saba
BR BRA Brazil/Brasil|Brésil
BS BHS Bahamas|Bahamas
BT BTN Bhutan|Bhoutan
BV BVT Bouvet Island|Île Bouvet
BW BWA Botswana|Botswana
BY BLR Belarus|Biélorussie/Bélarus
BZ BLZ Belize|Belize
CA CAN Canada|Canada
CC CCK Cocos (Keeling) Islands/Cocos Islands/Keeling Islands|Îles Cocos/Îles Cocos (Keeling)
CD COD Congo, Democratic Republic of the/DR Congo/DRC/Congo-Kinshasa/Congo (Dem. Rep.)
CD COD République démocratique du Congo/RD Congo/RDC
CF CAF Central African Republic/Central African Rep.|République centrafricaine/Centrafrique
CG COG Congo/Republic of the Congo/Congo-Brazzaville/Congo (Rep.)|République du Congo/Congo-Brazzaville
CH CHE Switzerland|Suisse
CI CIV Côte d'Ivoire/Ivory Coast|Côte d'Ivoire
CK COK Cook Islands|Îles Cook
CL CHL Chile|Chili
CM CMR Cameroon|Cameroun
CN CHN China/People's Republic of China|Chine/République populaire de Chine
CO COL Colombia|Colombie
CR CRI Costa Rica|Costa Rica
CU CUB Cuba|Cuba
CV CPV Cape Verde/Cabo Verde|Cap-Vert/Cabo Verde
CW CUW Curaçao|Curaçao
CX CXR Christmas Island|Île Christmas
CY CYP Cyprus|Chypre
CZ CZE Czechia/Czech Republic|Tchéquie/République tchèque
DE DEU Germany/Federal Republic of Germany/Deutschland|Allemagne
DJ DJI Djibouti|Djibouti
DK DNK Denmark|Danemark
DM DMA Dominica|Dominique
DO DOM Dominican Republic|République dominicaine
DZ DZA Algeria|Algérie
EC ECU Ecuador|Équateur
EE EST Estonia|Estonie
EG EGY Egypt|Égypte
EH ESH Western Sahara|Sahara occidental
ER ERI Eritrea|Érythrée
ES ESP Spain/España|Espagne
ET ETH Ethiopia|Éthiopie
FI FIN Finland|Finlande
FJ FJI Fiji|Fidji
FK FLK Falkland Islands/Falkland Islands (Malvinas)|Îles Malouines/Malouines/Îles Falkland
FM FSM Micronesia/Micronesia, Federated States of|Micronésie/États fédérés de Micronésie
FO FRO Faroe Islands|Îles Féroé
FR FRA France|France
GA GAB Gabon|Gabon
GB GBR United Kingdom/UK/Britain/Great Britain/Britain (UK)/England/Scotland/Wales/Northern Ireland
GB GBR United Kingdom of Great Britain and Northern Ireland
GB GBR Royaume-Uni/Grande-Bretagne/Angleterre/Écosse/Pays de Galles/Irlande du Nord
GD GRD Grenada|Grenade
GE GEO Georgia|Géorgie
GF GUF French Guiana|Guyane française/Guyane
GG GGY Guernsey|Guernesey
GH GHA Ghana|Ghana
GI GIB Gibraltar|Gibraltar
GL GRL Greenland|Groenland
GM GMB Gambia|Gambie
GN GIN Guinea|Guinée
GP GLP Guadeloupe|Guadeloupe
GQ GNQ Equatorial Guinea|Guinée équatoriale
GR GRC Greece|Grèce
GS SGS South Georgia and the South Sandwich Islands|Géorgie du Sud-et-les îles Sandwich du Sud
GT GTM Guatemala|Guatemala
GU GUM Guam|Guam
GW GNB Guinea-Bissau|Guinée-Bissau
GY GUY Guyana|Guyana
HK HKG Hong Kong/Hong Kong SAR China|Hong Kong
HM HMD Heard Island and McDonald Islands|Îles Heard-et-MacDonald/Îles Heard et McDonald
HN HND Honduras|Honduras
HR HRV Croatia|Croatie
HT HTI Haiti|Haïti
HU HUN Hungary|Hongrie
ID IDN Indonesia|Indonésie
IE IRL Ireland/Republic of Ireland|Irlande/République d'Irlande
IL ISR Israel|Israël
IM IMN Isle of Man|Île de Man
IN IND India|Inde
IO IOT British Indian Ocean Territory|Territoire britannique de l'océan Indien
IQ IRQ Iraq|Irak/Iraq
IR IRN Iran/Iran, Islamic Republic of|Iran/République islamique d'Iran
IS ISL Iceland|Islande
IT ITA Italy/Italia|Italie
JE JEY Jersey|Jersey
JM JAM Jamaica|Jamaïque
JO JOR Jordan|Jordanie
JP JPN Japan|Japon
KE KEN Kenya|Kenya
KG KGZ Kyrgyzstan|Kirghizistan/Kirghizstan
KH KHM Cambodia|Cambodge
KI KIR Kiribati|Kiribati
KM COM Comoros|Comores
KN KNA Saint Kitts and Nevis/St Kitts and Nevis|Saint-Christophe-et-Niévès/Saint-Kitts-et-Nevis
KP PRK North Korea/Korea, Democratic People's Republic of/Korea (North)
KP PRK Corée du Nord/République populaire démocratique de Corée
KR KOR South Korea/Korea, Republic of/Korea (South)|Corée du Sud/République de Corée
KW KWT Kuwait|Koweït
KY CYM Cayman Islands|Îles Caïmans
KZ KAZ Kazakhstan|Kazakhstan
LA LAO Laos/Lao People's Democratic Republic|Laos/République démocratique populaire lao
LB LBN Lebanon|Liban
LC LCA Saint Lucia/St Lucia|Sainte-Lucie
LI LIE Liechtenstein|Liechtenstein
LK LKA Sri Lanka|Sri Lanka
LR LBR Liberia|Libéria
LS LSO Lesotho|Lesotho
LT LTU Lithuania|Lituanie
LU LUX Luxembourg|Luxembourg
LV LVA Latvia|Lettonie
LY LBY Libya|Libye
MA MAR Morocco|Maroc
MC MCO Monaco|Monaco
MD MDA Moldova/Moldova, Republic of|Moldavie/Moldova/République de Moldova
ME MNE Montenegro|Monténégro
MF MAF Saint Martin/St Martin (French)/Saint Martin (French part)|Saint-Martin/Saint-Martin (partie française)
MG MDG Madagascar|Madagascar
MH MHL Marshall Islands|Îles Marshall
MK MKD North Macedonia/Macedonia/Macedonia, Republic of|Macédoine du Nord/Macédoine
ML MLI Mali|Mali
MM MMR Myanmar/Burma/Myanmar (Burma)|Birmanie/Myanmar/Myanmar (Birmanie)
MN MNG Mongolia|Mongolie
MO MAC Macao/Macau/Macao SAR China|Macao
MP MNP Northern Mariana Islands|Îles Mariannes du Nord
MQ MTQ Martinique|Martinique
MR MRT Mauritania|Mauritanie
MS MSR Montserrat|Montserrat
MT MLT Malta|Malte
MU MUS Mauritius|Maurice/Île Maurice
MV MDV Maldives|Maldives
MW MWI Malawi|Malawi
MX MEX Mexico/México|Mexique
MY MYS Malaysia|Malaisie
MZ MOZ Mozambique|Mozambique
NA NAM Namibia|Namibie
NC NCL New Caledonia|Nouvelle-Calédonie
NE NER Niger|Niger
NF NFK Norfolk Island|Île Norfolk
NG NGA Nigeria|Nigéria
NI NIC Nicaragua|Nicaragua
NL NLD Netherlands/Holland|Pays-Bas/Hollande
NO NOR Norway|Norvège
NP NPL Nepal|Népal
NR NRU Nauru|Nauru
NU NIU Niue|Niue
NZ NZL New Zealand|Nouvelle-Zélande
OM OMN Oman|Oman
PA PAN Panama|Panama
PE PER Peru|Pérou
PF PYF French Polynesia|Polynésie française
PG PNG Papua New Guinea|Papouasie-Nouvelle-Guinée
PH PHL Philippines|Philippines
PK PAK Pakistan|Pakistan
PL POL Poland|Pologne
PM SPM Saint Pierre and Miquelon/St Pierre and Miquelon|Saint-Pierre-et-Miquelon
PN PCN Pitcairn/Pitcairn Islands|Îles Pitcairn/Pitcairn
PR PRI Puerto Rico|Porto Rico
PS PSE Palestine/Palestine, State of/Palestinian Territories/Palestinian Territory
PS PSE Palestine/État de Palestine/Territoires palestiniens
PT PRT Portugal|Portugal
PW PLW Palau|Palaos
PY PRY Paraguay|Paraguay
QA QAT Qatar|Qatar
RE REU Réunion|La Réunion/Réunion
RO ROU Romania|Roumanie
RS SRB Serbia|Serbie
RU RUS Russia/Russian Federation|Russie/Fédération de Russie
RW RWA Rwanda|Rwanda
SA SAU Saudi Arabia|Arabie saoudite
SB SLB Solomon Islands|Îles Salomon
SC SYC Seychelles|Seychelles
SD SDN Sudan|Soudan
SE SWE Sweden|Suède
SG SGP Singapore|Singapour
SH SHN Saint Helena/St Helena/Saint Helena, Ascension and Tristan da Cunha
SH SHN Sainte-Hélène/Sainte-Hélène, Ascension et Tristan da Cunha
SI SVN Slovenia|Slovénie
SJ SJM Svalbard and Jan Mayen|Svalbard et Jan Mayen/Svalbard et l'île Jan Mayen
SK SVK Slovakia/Slovak Republic|Slovaquie
SL SLE Sierra Leone|Sierra Leone
SM SMR San Marino|Saint-Marin
SN SEN Senegal|Sénégal
SO SOM Somalia|Somalie
SR SUR Suriname|Suriname
SS SSD South Sudan|Soudan du Sud
ST STP São Tomé and Príncipe|Sao Tomé-et-Principe
SV SLV El Salvador|Salvador/El Salvador
SX SXM Sint Maarten/St Maarten (Dutch)/Sint Maarten (Dutch part)|Saint-Martin (partie néerlandaise)
SY SYR Syria/Syrian Arab Republic|Syrie/République arabe syrienne
SZ SWZ Eswatini/Swaziland/Eswatini (Swaziland)|Eswatini/Swaziland
TC TCA Turks and Caicos Islands/Turks and Caicos Is|Îles Turques-et-Caïques/Îles Turks et Caïcos
TD TCD Chad|Tchad
TF ATF French Southern Territories/French Southern and Antarctic Lands/French S. Terr.
TF ATF Terres australes françaises/Terres australes et antarctiques françaises
TG TGO Togo|Togo
TH THA Thailand|Thaïlande
TJ TJK Tajikistan|Tadjikistan
TK TKL Tokelau|Tokelau
TL TLS Timor-Leste/East Timor|Timor oriental/Timor-Leste
TM TKM Turkmenistan|Turkménistan
TN TUN Tunisia|Tunisie
TO TON Tonga|Tonga
TR TUR Turkey/Türkiye|Turquie
TT TTO Trinidad and Tobago|Trinité-et-Tobago
TV TUV Tuvalu|Tuvalu
TW TWN Taiwan/Taiwan, Province of China|Taïwan
TZ TZA Tanzania/Tanzania, United Republic of|Tanzanie/République unie de Tanzanie
UA UKR Ukraine|Ukraine
UG UGA Uganda|Ouganda
UM UMI United States Minor Outlying Islands/US minor outlying islands|Îles mineures éloignées des États-Unis
US USA United States/United States of America/US/U.S./U.S.A./America|États-Unis/États-Unis d'Amérique
UY URY Uruguay|Uruguay
UZ UZB Uzbekistan|Ouzbékistan
VA VAT Vatican City/Holy See/Vatican|Vatican/Saint-Siège/Cité du Vatican/État de la Cité du Vatican
VC VCT Saint Vincent and the Grenadines/St Vincent|Saint-Vincent-et-les-Grenadines
VE VEN Venezuela/Venezuela, Bolivarian Republic of|Venezuela/République bolivarienne du Venezuela
VG VGB British Virgin Islands/Virgin Islands (British)/Virgin Islands (UK)|Îles Vierges britanniques
VI VIR U.S. Virgin Islands/Virgin Islands (U.S.)/Virgin Islands/United States Virgin Islands
VI VIR Îles Vierges américaines/Îles Vierges des États-Unis
VN VNM Vietnam/Viet Nam|Viêt Nam/Vietnam
VU VUT Vanuatu|Vanuatu
WF WLF Wallis and Futuna|Wallis-et-Futuna
WS WSM Samoa/Samoa (western)|Samoa
XK XKX Kosovo|Kosovo
YE YEM Yemen|Yémen
YT MYT Mayotte|Mayotte
ZA ZAF South Africa|Afrique du Sud
ZM ZMB Zambia|Zambie
ZW ZWE Zimbabwe|Zimbabwe
"""
_OTHER_CODES = {"uk": "GB", "el": "GR"}  # as the European Union and some vendors write them
_LONGEST = 80
_ARTICLES = frozenset({"the", "of", "and", "le", "la", "les", "l", "et", "du", "de", "des", "d"})


def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a code (alpha-2, alpha-3, "uk") or of an English or French name.

    Raises DomainError: country_unknown. Names that may be two countries ("Korea") are unknown.
    """
    code = _find(text) if len(text) <= _LONGEST else None
    if code is None:
        raise DomainError("country_unknown")
    return code


@lru_cache(maxsize=2048)
def _find(text: str) -> str | None:
    return _CODES.get(_key(text))


def _key(name: str) -> str:
    """Equal for spellings that differ in case, accents, articles, order ("Gambia, The") and "Saint" for "St"."""
    words = re.findall(r"\w+", fold(name.replace("&", " and ").replace("’", "'").replace(".", "")))
    kept = [{"st": "saint", "ste": "sainte"}.get(word, word) for word in words if word not in _ARTICLES]
    return " ".join(sorted(kept or words))  # "DE" and "LA" are codes too


def _read_table() -> dict[str, str]:
    codes: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        code, code3, names = line.split(" ", 2)
        for name in (code, code3, *re.split(r"[/|]", names)):
            codes[_key(name)] = code
    return codes | _OTHER_CODES


_CODES = _read_table()
CODES = frozenset(_CODES.values())
