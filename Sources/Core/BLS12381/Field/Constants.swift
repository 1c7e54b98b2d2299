// Written by Tools/bls-constants; change it there.
// swift-format-ignore-file

extension Fp {
    /// The modulus itself, not in Montgomery form.
    static let modulus = Fp(
        0xb9fe_ffff_ffff_aaab, 0x1eab_fffe_b153_ffff, 0x6730_d2a0_f6b0_f624,
        0x6477_4b84_f385_12bf, 0x4b1b_a7b6_434b_acd7, 0x1a01_11ea_397f_e69a
    )

    /// One.
    static let one = Fp(
        0x7609_0000_0002_fffd, 0xebf4_000b_c40c_0002, 0x5f48_9857_53c7_58ba,
        0x77ce_5853_7052_5745, 0x5c07_1a97_a256_ec6d, 0x15f6_5ec3_fa80_e493
    )

    /// R², which brings a number into Montgomery form.
    static let montgomerySquare = Fp(
        0xf4df_1f34_1c34_1746, 0x0a76_e6a6_09d1_04f1, 0x8de5_476c_4c95_b6d5,
        0x67eb_88a9_939d_83c0, 0x9a79_3e85_b519_952d, 0x1198_8fe5_92ca_e3aa
    )

    /// 2^256.
    static let twoTo256 = Fp(
        0x075b_3cd7_c5ce_820f, 0x3ec6_ba62_1c3e_db0b, 0x168a_13d8_2bff_6bce,
        0x8766_3c4b_f8c4_49d2, 0x15f3_4c83_ddc8_d830, 0x0f96_28b4_9caa_2e85
    )

    /// One half.
    static let half = Fp(
        0x1804_0000_0001_5554, 0x8550_0005_3ab0_0001, 0x633c_b57c_253c_276f,
        0x6e22_d1ec_31eb_b502, 0xd391_6126_f2d1_4ca2, 0x17fb_b857_1a00_6596
    )

    /// The exponent (p + 1) / 4 of a square root, not in Montgomery form.
    static let rootExponent = Fp(
        0xee7f_bfff_ffff_eaab, 0x07aa_ffff_ac54_ffff, 0xd9cc_34a8_3dac_3d89,
        0xd91d_d2e1_3ce1_44af, 0x92c6_e9ed_90d2_eb35, 0x0680_447a_8e5f_f9a6
    )

    /// The exponent (p - 3) / 4 of a root of a quotient, not in Montgomery form.
    static let quotientRootExponent = Fp(
        0xee7f_bfff_ffff_eaaa, 0x07aa_ffff_ac54_ffff, 0xd9cc_34a8_3dac_3d89,
        0xd91d_d2e1_3ce1_44af, 0x92c6_e9ed_90d2_eb35, 0x0680_447a_8e5f_f9a6
    )

    /// The number (p + 1) / 2, from which on a number counts as the larger of itself and its
    /// negation; not in Montgomery form.
    static let largerHalf = Fp(
        0xdcff_7fff_ffff_d556, 0x0f55_ffff_58a9_ffff, 0xb398_6950_7b58_7b12,
        0xb23b_a5c2_79c2_895f, 0x258d_d3db_21a5_d66b, 0x0d00_88f5_1cbf_f34d
    )

    /// The b of the curve of G1.
    static let curveB = Fp(
        0xaa27_0000_000c_fff3, 0x53cc_0032_fc34_000a, 0x478f_e97a_6b0a_807f,
        0xb1d3_7ebe_e6ba_24d7, 0x8ec9_733b_bf78_ab2f, 0x09d6_4551_3d83_de7e
    )

    /// The cube root of one of the endomorphism of G1.
    static let endomorphismRoot = Fp(
        0x30f1_361b_798a_64e8, 0xf3b8_ddab_7ece_5a2a, 0x16a8_ca3a_c615_77f7,
        0xc26a_2ff8_74fd_029b, 0x3636_b766_6070_1c6e, 0x051b_a4ab_241b_6160
    )

    /// The generator of G1.
    static let generatorX = Fp(
        0x5cb3_8790_fd53_0c16, 0x7817_fc67_9976_fff5, 0x154f_95c7_143b_a1c1,
        0xf0ae_6acd_f3d0_e747, 0xedce_6ecc_21db_f440, 0x1201_7741_9e0b_fb75
    )

    static let generatorY = Fp(
        0xbaac_93d5_0ce7_2271, 0x8c22_631a_7918_fd8e, 0xdd59_5f13_5707_25ce,
        0x51ac_5829_5040_5194, 0x0e1c_8c3f_ad00_59c0, 0x0bbc_3efc_5008_a26a
    )

    /// ξ to the power 1(p² - 1) / 6, of the square of the Frobenius map.
    static let frobeniusSquare1 = Fp(
        0xecfb_361b_798d_ba3a, 0xc100_ddb8_9186_5a2c, 0x0ec0_8ff1_232b_da8e,
        0xd5c1_3cc6_f1ca_4721, 0x4722_2a47_bf7b_5c04, 0x0110_f184_e51c_5f59
    )

    /// ξ to the power 2(p² - 1) / 6, of the square of the Frobenius map.
    static let frobeniusSquare2 = Fp(
        0x30f1_361b_798a_64e8, 0xf3b8_ddab_7ece_5a2a, 0x16a8_ca3a_c615_77f7,
        0xc26a_2ff8_74fd_029b, 0x3636_b766_6070_1c6e, 0x051b_a4ab_241b_6160
    )

    /// ξ to the power 3(p² - 1) / 6, of the square of the Frobenius map.
    static let frobeniusSquare3 = Fp(
        0x43f5_ffff_fffc_aaae, 0x32b7_fff2_ed47_fffd, 0x07e8_3a49_a2e9_9d69,
        0xeca8_f331_8332_bb7a, 0xef14_8d1e_a0f4_c069, 0x040a_b326_3eff_0206
    )

    /// ξ to the power 4(p² - 1) / 6, of the square of the Frobenius map.
    static let frobeniusSquare4 = Fp(
        0xcd03_c9e4_8671_f071, 0x5dab_2246_1fcd_a5d2, 0x5870_42af_d385_1b95,
        0x8eb6_0ebe_01ba_cb9e, 0x03f9_7d6e_83d0_50d2, 0x18f0_2065_5463_8741
    )

    /// ξ to the power 5(p² - 1) / 6, of the square of the Frobenius map.
    static let frobeniusSquare5 = Fp(
        0x890d_c9e4_8675_45c3, 0x2af3_2253_3285_a5d5, 0x5088_0866_309b_7e2c,
        0xa20d_1b8c_7e88_1024, 0x14e4_f04f_e2db_9068, 0x14e5_6d3f_1564_853a
    )
}

extension Fp2 {
    /// The b of the curve of G2.
    static let curveB = Fp2(
        Fp(
            0xaa27_0000_000c_fff3, 0x53cc_0032_fc34_000a, 0x478f_e97a_6b0a_807f,
            0xb1d3_7ebe_e6ba_24d7, 0x8ec9_733b_bf78_ab2f, 0x09d6_4551_3d83_de7e
        ),
        Fp(
            0xaa27_0000_000c_fff3, 0x53cc_0032_fc34_000a, 0x478f_e97a_6b0a_807f,
            0xb1d3_7ebe_e6ba_24d7, 0x8ec9_733b_bf78_ab2f, 0x09d6_4551_3d83_de7e
        )
    )

    /// The generator of G2.
    static let generatorX = Fp2(
        Fp(
            0xf5f2_8fa2_0294_0a10, 0xb3f5_fb26_87b4_961a, 0xa1a8_93b5_3e2a_e580,
            0x9894_999d_1a3c_aee9, 0x6f67_b763_1863_366b, 0x0581_9192_4350_bcd7
        ),
        Fp(
            0xa5a9_c075_9e23_f606, 0xaaa0_c59d_bccd_60c3, 0x3bb1_7e18_e286_7806,
            0x1b1a_b6cc_8541_b367, 0xc2b6_ed0e_f215_8547, 0x1192_2a09_7360_edf3
        )
    )

    static let generatorY = Fp2(
        Fp(
            0x4c73_0af8_6049_4c4a, 0x597c_fa1f_5e36_9c5a, 0xe7e6_856c_aa0a_635a,
            0xbbef_b5e9_6e0d_495f, 0x07d3_a975_f0ef_25a2, 0x0083_fd8e_7e80_dae5
        ),
        Fp(
            0xadc0_fc92_df64_b05d, 0x18aa_270a_2b14_61dc, 0x86ad_ac6a_3be4_eba0,
            0x7949_5c4e_c93d_a33a, 0xe717_5850_a43c_caed, 0x0b2b_c2a1_63de_1bf2
        )
    )

    /// What the endomorphism of G2 multiplies a conjugate x by.
    static let endomorphismX = Fp2(
        Fp(
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000
        ),
        Fp(
            0x890d_c9e4_8675_45c3, 0x2af3_2253_3285_a5d5, 0x5088_0866_309b_7e2c,
            0xa20d_1b8c_7e88_1024, 0x14e4_f04f_e2db_9068, 0x14e5_6d3f_1564_853a
        )
    )

    /// What the endomorphism of G2 multiplies a conjugate y by.
    static let endomorphismY = Fp2(
        Fp(
            0x3e2f_585d_a55c_9ad1, 0x4294_213d_86c1_8183, 0x3828_44c8_8b62_3732,
            0x92ad_2afd_1910_3e18, 0x1d79_4e4f_ac7c_f0b9, 0x0bd5_92fc_7d82_5ec8
        ),
        Fp(
            0x7bcf_a7a2_5aa3_0fda, 0xdc17_dec1_2a92_7e7c, 0x2f08_8dd8_6b4e_bef1,
            0xd1ca_2087_da74_d4a7, 0x2da2_5966_96ce_bc1d, 0x0e2b_7eed_bbfd_87d2
        )
    )

    /// ξ to the power 1(p - 1) / 6, of the Frobenius map.
    static let frobenius1 = Fp2(
        Fp(
            0x0708_9552_b319_d465, 0xc669_5f92_b50a_8313, 0x97e8_3ccc_d117_228f,
            0xa35b_aeca_b2dc_29ee, 0x1ce3_93ea_5daa_ce4d, 0x08f2_220f_b0fb_66eb
        ),
        Fp(
            0xb2f6_6aad_4ce5_d646, 0x5842_a06b_fc49_7cec, 0xcf48_95d4_2599_d394,
            0xc11b_9cba_40a8_e8d0, 0x2e38_13cb_e5a0_de89, 0x110e_efda_8884_7faf
        )
    )

    /// ξ to the power 2(p - 1) / 6, of the Frobenius map.
    static let frobenius2 = Fp2(
        Fp(
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000
        ),
        Fp(
            0xcd03_c9e4_8671_f071, 0x5dab_2246_1fcd_a5d2, 0x5870_42af_d385_1b95,
            0x8eb6_0ebe_01ba_cb9e, 0x03f9_7d6e_83d0_50d2, 0x18f0_2065_5463_8741
        )
    )

    /// ξ to the power 3(p - 1) / 6, of the Frobenius map.
    static let frobenius3 = Fp2(
        Fp(
            0x7bcf_a7a2_5aa3_0fda, 0xdc17_dec1_2a92_7e7c, 0x2f08_8dd8_6b4e_bef1,
            0xd1ca_2087_da74_d4a7, 0x2da2_5966_96ce_bc1d, 0x0e2b_7eed_bbfd_87d2
        ),
        Fp(
            0x7bcf_a7a2_5aa3_0fda, 0xdc17_dec1_2a92_7e7c, 0x2f08_8dd8_6b4e_bef1,
            0xd1ca_2087_da74_d4a7, 0x2da2_5966_96ce_bc1d, 0x0e2b_7eed_bbfd_87d2
        )
    )

    /// ξ to the power 4(p - 1) / 6, of the Frobenius map.
    static let frobenius4 = Fp2(
        Fp(
            0x890d_c9e4_8675_45c3, 0x2af3_2253_3285_a5d5, 0x5088_0866_309b_7e2c,
            0xa20d_1b8c_7e88_1024, 0x14e4_f04f_e2db_9068, 0x14e5_6d3f_1564_853a
        ),
        Fp(
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000
        )
    )

    /// ξ to the power 5(p - 1) / 6, of the Frobenius map.
    static let frobenius5 = Fp2(
        Fp(
            0x82d8_3cf5_0dbc_e43f, 0xa281_3e53_df9d_018f, 0xc6f0_caa5_3c65_e181,
            0x7525_cf52_8d50_fe95, 0x4a85_ed50_f479_8a6b, 0x171d_a0fd_6cf8_eebd
        ),
        Fp(
            0x3726_c30a_f242_c66c, 0x7c2a_c1aa_d1b6_fe70, 0xa040_07fb_ba4b_14a2,
            0xef51_7c32_6634_1429, 0x0095_ba65_4ed2_226b, 0x02e3_70ec_cc86_f7dd
        )
    )
}

extension Scalar {
    /// The modulus itself, not in Montgomery form.
    static let modulus = Scalar(
        0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805,
        0x73ed_a753_299d_7d48
    )

    /// One.
    public static let one = Scalar(
        0x0000_0001_ffff_fffe, 0x5884_b7fa_0003_4802, 0x998c_4fef_ecbc_4ff5,
        0x1824_b159_acc5_056f
    )

    /// R², which brings a number into Montgomery form.
    static let montgomerySquare = Scalar(
        0xc999_e990_f3f2_9c6d, 0x2b6c_edcb_8792_5c23, 0x05d3_1496_7254_398f,
        0x0748_d9d9_9f59_ff11
    )

    /// R³, which brings a number above 2^256 into Montgomery form.
    static let montgomeryCube = Scalar(
        0xc62c_1807_439b_73af, 0x1b3e_0d18_8cf0_6990, 0x73d1_3c71_c7b5_f418,
        0x6e2a_5bb9_c8db_33e9
    )

    /// The exponent r - 2 of an inverse, not in Montgomery form.
    static let inverseExponent = Scalar(
        0xffff_fffe_ffff_ffff, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805,
        0x73ed_a753_299d_7d48
    )
}
