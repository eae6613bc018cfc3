import type { Order } from '../../schemas/canonical/order.ts'
import { type AddressParts, joined, peopleOf } from '../kit/people.ts'
import type { WireAddress, WireOrder } from './wire.ts'

/** Everyone an order names. */
export function toPeople({
  customer,
  customer_notification_email,
}: Pick<WireOrder, 'customer' | 'customer_notification_email'>): Order['people'] {
  const { shipping_address: to, billing_address: bill, ...person } = customer ?? {}
  return peopleOf({
    customer: {
      id: person.customer_id,
      firstName: person.firstname,
      lastName: person.lastname,
      // A relay address that forwards notifications and takes no answer.
      email: customer_notification_email,
    },
    shipTo: to && toAddress(to),
    billTo: bill && toAddress(bill),
    note: to?.additional_info,
  })
}

const toAddress = (wire: WireAddress): AddressParts => ({
  firstName: wire.firstname,
  lastName: wire.lastname,
  company: joined(', ', wire.company, wire.company_2),
  address1: wire.street_1,
  address2: wire.street_2,
  city: wire.city,
  province: wire.state,
  postalCode: wire.zip_code,
  // Some operators leave the code out and write it where the country's name belongs.
  countryCode: countryOf(wire.country_iso_code) ?? countryOf(wire.country),
  phone: wire.phone,
})

/** ISO 3166-1, each country's three letters and then its two. */
const codes = `
AFGAF ALAAX ALBAL DZADZ ASMAS ANDAD AGOAO AIAAI ATAAQ ATGAG ARGAR ARMAM ABWAW AUSAU AUTAT AZEAZ BHSBS BHRBH BGDBD
BRBBB BLRBY BELBE BLZBZ BENBJ BMUBM BTNBT BOLBO BESBQ BIHBA BWABW BVTBV BRABR IOTIO BRNBN BGRBG BFABF BDIBI KHMKH
CMRCM CANCA CPVCV CYMKY CAFCF TCDTD CHLCL CHNCN CXRCX CCKCC COLCO COMKM COGCG CODCD COKCK CRICR CIVCI HRVHR CUBCU
CUWCW CYPCY CZECZ DNKDK DJIDJ DMADM DOMDO ECUEC EGYEG SLVSV GNQGQ ERIER ESTEE SWZSZ ETHET FLKFK FROFO FJIFJ FINFI
FRAFR GUFGF PYFPF ATFTF GABGA GMBGM GEOGE DEUDE GHAGH GIBGI GRCGR GRLGL GRDGD GLPGP GUMGU GTMGT GGYGG GINGN GNBGW
GUYGY HTIHT HMDHM VATVA HNDHN HKGHK HUNHU ISLIS INDIN IDNID IRNIR IRQIQ IRLIE IMNIM ISRIL ITAIT JAMJM JPNJP JEYJE
JORJO KAZKZ KENKE KIRKI PRKKP KORKR KWTKW KGZKG LAOLA LVALV LBNLB LSOLS LBRLR LBYLY LIELI LTULT LUXLU MACMO MDGMG
MWIMW MYSMY MDVMV MLIML MLTMT MHLMH MTQMQ MRTMR MUSMU MYTYT MEXMX FSMFM MDAMD MCOMC MNGMN MNEME MSRMS MARMA MOZMZ
MMRMM NAMNA NRUNR NPLNP NLDNL NCLNC NZLNZ NICNI NERNE NGANG NIUNU NFKNF MKDMK MNPMP NORNO OMNOM PAKPK PLWPW PSEPS
PANPA PNGPG PRYPY PERPE PHLPH PCNPN POLPL PRTPT PRIPR QATQA REURE ROURO RUSRU RWARW BLMBL SHNSH KNAKN LCALC MAFMF
SPMPM VCTVC WSMWS SMRSM STPST SAUSA SENSN SRBRS SYCSC SLESL SGPSG SXMSX SVKSK SVNSI SLBSB SOMSO ZAFZA SGSGS SSDSS
ESPES LKALK SDNSD SURSR SJMSJ SWESE CHECH SYRSY TWNTW TJKTJ TZATZ THATH TLSTL TGOTG TKLTK TONTO TTOTT TUNTN TURTR
TKMTM TCATC TUVTV UGAUG UKRUA AREAE GBRGB USAUS UMIUM URYUY UZBUZ VUTVU VENVE VNMVN VGBVG VIRVI WLFWF ESHEH YEMYE
ZMBZM ZWEZW`

const countries: ReadonlyMap<string, string> = new Map(
  codes.match(/\w+/g)?.map((pair) => [pair.slice(0, 3), pair.slice(3)]),
)
const known: ReadonlySet<string> = new Set(countries.values())

/** The alpha-2 code of a country that Mirakl names by its alpha-3 code, or of one that already has two letters. */
export function countryOf(code: string | null | undefined): string | undefined {
  const letters = code?.trim().toUpperCase() ?? ''
  return countries.get(letters) ?? (known.has(letters) ? letters : undefined)
}
